// MediaPipe's npm package has the model that finds people in pictures, but not the metadata that
// its newer library needs: how bytes become the numbers from 0 to 1 that the model was trained on.

import { Writer, type Value } from "./flatbuffer.ts";

// Field numbers of TensorFlow's schema.fbs and metadata_schema.fbs.
const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6 };
const NORMALIZATION = 1;

function metadata(): Uint8Array {
  const normalize: Value = { table: { 0: { floats: [0] }, 1: { floats: [255] } } };
  const input: Value = {
    table: { 0: { text: "image" }, 4: { list: [{ table: { 0: { byte: NORMALIZATION }, 1: normalize } }] } },
  };
  const output: Value = { table: { 0: { text: "mask" } } };
  const subgraph: Value = { table: { 2: { list: [input] }, 3: { list: [output] } } };
  return Writer.buffer("M001", { table: { 0: { text: "selfie" }, 3: { list: [subgraph] } } });
}

/** Return the model with metadata: a new root in front, everything else unchanged. */
export function withMetadata(model: Uint8Array): Uint8Array {
  const view = new DataView(model.buffer, model.byteOffset, model.byteLength);
  const root = view.getUint32(0, true);
  const vtable = root - view.getInt32(root, true);
  const field = (number: number) => {
    const known = 4 + 2 * number < view.getUint16(vtable, true);
    return known ? view.getUint16(vtable + 4 + 2 * number, true) : 0;
  };
  const target = (number: number) => {
    const place = root + field(number);
    return place + view.getUint32(place, true);
  };
  if (field(MODEL.metadata)) throw new Error("the model has metadata of its own");

  const build = (shift: number) => {
    const kept = (number: number): Value => ({ at: target(number) + shift });
    const list = target(MODEL.buffers);
    const buffers: Value[] = [];
    for (let index = 0; index < view.getUint32(list, true); index += 1) {
      const place = list + 4 + 4 * index;
      buffers.push({ at: place + view.getUint32(place, true) + shift });
    }
    const entry: Value = { table: { 0: { text: "TFLITE_METADATA" }, 1: { int: buffers.length } } };
    buffers.push({ table: { 0: { bytes: metadata() } } });
    const fields: Record<number, Value> = {
      [MODEL.version]: { int: view.getUint32(root + field(MODEL.version), true) },
      [MODEL.operatorCodes]: kept(MODEL.operatorCodes),
      [MODEL.subgraphs]: kept(MODEL.subgraphs),
      [MODEL.buffers]: { list: buffers },
      [MODEL.metadata]: { list: [entry] },
    };
    return Writer.buffer("TFL3", { table: fields }, model);
  };
  const shift = build(0).length - model.length; // the same whatever it points to
  return build(shift);
}
