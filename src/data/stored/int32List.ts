/** Whole numbers that are appended one by one, without a boxed array's memory. */
export class Int32List {
  #values = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index];
  }

  toArray(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
