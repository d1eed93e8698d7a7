// Programs in addresses: compressed (deflate, with a checksum), in base64url.

// Rejects only where the browser cannot compress.
export async function pack(text) {
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    let binary = "";
    for (let from = 0; from < bytes.length; from += 0x8000) {
        binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
    }
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Resolves to null if the text would be longer than `most` bytes; rejects if the code is
// not whole.
export async function unpack(code, most) {
    const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = unpacked.getReader();
    const parts = [];
    for (let length = 0;;) {
        const { done, value } = await reader.read();
        if (done) break;
        length += value.byteLength;
        if (length > most) {
            reader.cancel();
            return null;
        }
        parts.push(value);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(parts).arrayBuffer());
}

// Whether the text is in the clipboard now.
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch (forbidden) {
        return false;
    }
}
