// Writes the part of the FlatBuffers format that a model's metadata needs, without its compiler.
// https://flatbuffers.dev/internals: every offset points forward, so parents go before children.

export type Value =
  | { byte: number }
  | { int: number }
  | { at: number } // something at this place of the finished file
  | { text: string }
  | { bytes: Uint8Array }
  | { floats: number[] }
  | { list: Value[] }
  | { table: Record<number, Value> };

const ALIGNED = 16;

export class Writer {
  private bytes: number[] = [];

  get size(): number {
    return this.bytes.length;
  }

  /** Return a whole buffer with this root, its identifier, and bytes that follow it. */
  static buffer(identifier: string, root: Value, following: Uint8Array = new Uint8Array()): Uint8Array {
    const writer = new Writer();
    writer.int(0);
    for (const letter of identifier) writer.bytes.push(letter.charCodeAt(0));
    writer.point(0, root);
    writer.align(ALIGNED);
    return Uint8Array.from([...writer.bytes, ...following]);
  }

  private align(to: number, ahead = 0): void {
    while ((this.bytes.length + ahead) % to) this.bytes.push(0);
  }

  private int(value: number): void {
    this.bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
  }

  private patch(place: number, value: number): void {
    for (let each = 0; each < 4; each += 1) this.bytes[place + each] = (value >>> (8 * each)) & 255;
  }

  private point(place: number, value: Value): void {
    this.patch(place, ("at" in value ? value.at : this.write(value)) - place);
  }

  private write(value: Value): number {
    if ("table" in value) return this.table(value.table);
    if ("list" in value) return this.list(value.list);
    if ("floats" in value) return this.raw(new Uint8Array(Float32Array.from(value.floats).buffer), value.floats.length);
    if ("text" in value) return this.raw(new TextEncoder().encode(`${value.text}\0`), value.text.length);
    if ("bytes" in value) return this.raw(value.bytes, value.bytes.length);
    throw new Error("only tables hold plain numbers");
  }

  private raw(content: Uint8Array, length: number): number {
    this.align(ALIGNED, 4);
    const start = this.size;
    this.int(length);
    for (const byte of content) this.bytes.push(byte);
    return start;
  }

  private list(values: Value[]): number {
    this.align(4);
    const start = this.size;
    this.int(values.length);
    for (const _ of values) this.int(0);
    values.forEach((value, index) => this.point(start + 4 + 4 * index, value));
    return start;
  }

  /** A table: its vtable before it, and four bytes for every field. */
  private table(fields: Record<number, Value>): number {
    const numbers = Object.keys(fields).map(Number);
    const slots = Math.max(...numbers, -1) + 1;
    this.align(4, 4 + 2 * slots);
    const vtable = this.size;
    const short = (value: number) => this.bytes.push(value & 255, value >>> 8);
    short(4 + 2 * slots);
    short(4 + 4 * numbers.length);
    for (let slot = 0; slot < slots; slot += 1) short(slot in fields ? 4 + 4 * numbers.indexOf(slot) : 0);
    const start = this.size;
    this.int(start - vtable);
    for (const number of numbers) {
      const value = fields[number]!;
      this.int("byte" in value ? value.byte : "int" in value ? value.int : 0);
    }
    numbers.forEach((number, index) => {
      const value = fields[number]!;
      if (!("byte" in value || "int" in value)) this.point(start + 4 + 4 * index, value);
    });
    return start;
  }
}
