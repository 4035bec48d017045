/** The extension's own document, unchanged. */
import '../../../../../extension/entrypoints/offscreen/main.ts';
