/** Lets the page do what it has to do. */
export const idle = (): Promise<void> => new Promise((done) => requestIdleCallback(() => done(), { timeout: 200 }));
