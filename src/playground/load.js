// The module that runs Python is fetched only when a program is started. Its address is
// relative to the page.
export const load = (address) => import(new URL(address, document.baseURI).href);
