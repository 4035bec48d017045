/** Loads every detector; each registers itself. Order is the order of findings: proofs before declarations. */
import './witnessmark-attribute.ts';
import './witnessmark-link.ts';
import './witnessmark-header.ts';
import './ai-disclosure.ts';
