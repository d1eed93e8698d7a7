// Modules that run Python or edit programs are fetched only when they are needed. Their
// addresses are relative to the page.
export const load = (address) => import(new URL(address, document.baseURI).href);
