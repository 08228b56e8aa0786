import { describe, expect, it } from "vitest";
import { adler32, crc32 } from "../../src/formats/checksums.js";
import { decodeNumbers, encodeNumbers, textFromUtf8 } from "../../src/formats/numbers.js";
import { InputError } from "../../src/tensor/errors.js";

describe("checksums", () => {
  it("are those that their standards publish for the text 123456789", () => {
    const bytes = new TextEncoder().encode("123456789");
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(adler32(bytes)).toBe(0x091e01de);
  });

  it("hold for empty bytes and for more bytes than one reduction", () => {
    expect(crc32(new Uint8Array(0))).toBe(0);
    expect(adler32(new Uint8Array(0))).toBe(1);
    // a = 1 + n·255, b = n + 255·n(n+1)/2, both modulo 65521
    const n = 100_000;
    const b = BigInt(n) + (255n * BigInt(n) * BigInt(n + 1)) / 2n;
    expect(adler32(new Uint8Array(n).fill(255))).toBe(Number(b % 65521n) * 65536 + ((1 + n * 255) % 65521));
  });
});

describe("numbers", () => {
  it("survive encoding and decoding, whatever memory they are a view of", () => {
    const wide = new Float64Array([1, Math.PI, -0, NaN, Infinity]);
    const view = wide.subarray(1, 4);
    const padded = new Uint8Array(3 + 24);
    padded.set(encodeNumbers(view), 3);
    expect(decodeNumbers("f", Buffer.from(padded), 3, 3, "float64", true)).toEqual(
      new Float64Array([Math.PI, -0, NaN]),
    );
  });

  it("do not share the memory of the file they come from", () => {
    const file = Buffer.from([1, 2, 3, 4]);
    const numbers = decodeNumbers("f", file, 0, 4, "uint8", true);
    file[0] = 9;
    expect(Array.from(numbers)).toEqual([1, 2, 3, 4]);
    expect(numbers.buffer.byteLength).toBe(4);
  });

  it("of half precision are exact: normal, subnormal, signed zero, infinite, none", () => {
    const bits = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555]);
    const numbers = decodeNumbers("f", new Uint8Array(bits.buffer), 0, 10, "float16", true);
    const expected = [1, -2, 65504, 2 ** -14, 2 ** -24, -0, Infinity, -Infinity, NaN, 0.333251953125];
    expect(Array.from(numbers)).toEqual(expected);
  });

  it("of 64 bits are refused where float64 would round them", () => {
    const bytes = new Uint8Array(new BigUint64Array([1n, 2n ** 53n]).buffer);
    const message = "f: element 1 is 9007199254740992, 64-bit integers are read up to 2^53 - 1, where float64 is exact";
    expect(() => decodeNumbers("f", bytes, 0, 2, "uint64", true)).toThrow(new InputError(message));
  });
});

describe("textFromUtf8", () => {
  it("agrees with the platform on one to four bytes a character", () => {
    const text = "a\u00fc\u20ac\u{1d11e} end";
    expect(textFromUtf8(new TextEncoder().encode(text))).toBe(text);
  });

  it("marks what is not UTF-8 and goes on", () => {
    expect(textFromUtf8(new Uint8Array([0xff, 0x61, 0xc3, 0x62, 0xe2, 0x82]))).toBe("\ufffda\ufffdb\ufffd\ufffd");
  });
});
