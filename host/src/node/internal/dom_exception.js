// DOMException.
const codes = {
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5, NotFoundError: 8, NotSupportedError: 9,
  InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15, TypeMismatchError: 17,
  SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23,
  InvalidNodeTypeError: 24, DataCloneError: 25,
};
class DOMException extends Error {
  #name;
  constructor(message = '', options = 'Error') {
    super(message, typeof options === 'object' ? options : undefined);
    this.#name = String(typeof options === 'object' ? options.name ?? 'Error' : options);
    Object.defineProperty(this, 'stack', { value: this.stack.replace(/^Error/, this.#name), writable: true, configurable: true });
  }
  get name() { return this.#name; }
  get code() { return codes[this.#name] ?? 0; }
}
Object.defineProperty(DOMException.prototype, Symbol.toStringTag, { value: 'DOMException', configurable: true });
module.exports = { DOMException };
