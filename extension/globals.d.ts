/** Text of the demo's trust document; `null` in every build that is not a development build with one. */
declare const __DEV_TRUST__: string | null;
