/**
 * The manifest, as a function of the browser and of whether this is a demo build.
 * Every permission here has its reason in PERMISSIONS.md; a test compares the two.
 */
import type { UserManifest } from 'wxt';

const LOOPBACK = ['http://127.0.0.1/*', 'http://localhost/*'];

/** What a build of the extension asks for. */
export function manifestFor(build: { firefox: boolean; version: string; development: boolean }): UserManifest {
  const manifest: UserManifest = {
    name: '__MSG_name__',
    description: '__MSG_description__',
    default_locale: 'en',
    version: build.version,
    permissions: ['activeTab', 'scripting', 'storage', 'contextMenus'],
    optional_host_permissions: ['https://*/*'],
    icons: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png', 128: 'icon/128.png' },
    action: { default_title: '__MSG_action_title__', default_icon: { 16: 'icon/16.png', 32: 'icon/32.png' } },
    commands: {
      _execute_action: { suggested_key: { default: 'Alt+Shift+W' } },
      'verify-selection': { suggested_key: { default: 'Alt+Shift+V' }, description: '__MSG_command_selection__' },
    },
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
  };
  if (build.firefox) {
    manifest.browser_specific_settings = {
      gecko: {
        id: 'extension@witnessmark.example',
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'] },
      },
    };
  } else {
    manifest.minimum_chrome_version = '126';
    manifest.permissions?.push('sidePanel', 'offscreen');
  }
  if (build.development) {
    manifest.host_permissions = LOOPBACK;
    manifest.content_scripts = [{ matches: LOOPBACK, js: ['detector.js'], run_at: 'document_idle' }];
  }
  return manifest;
}
