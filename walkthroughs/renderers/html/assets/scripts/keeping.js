// What the reader's browser remembers between visits; where it may not, nothing is remembered and nothing breaks.
const keeping = {
  get(key, otherwise) {
    try {
      const text = localStorage.getItem(`repotour ${key}`);
      return text === null ? otherwise : JSON.parse(text);
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`repotour ${key}`, JSON.stringify(value));
    } catch {
      // private windows and full stores
    }
  },
};
