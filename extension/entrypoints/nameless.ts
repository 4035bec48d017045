/** In Firefox's sandboxed frame: makes the requests that the extension's own document asks for. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { answerOver, type NamelessRequest } from '../nameless/answer.ts';

export default defineUnlistedScript({
  include: ['firefox'],
  main() {
    addEventListener('message', ({ data, source, ports: [port] }: MessageEvent<NamelessRequest>) => {
      if (source === parent && port !== undefined) void answerOver(port, data);
    });
  },
});
