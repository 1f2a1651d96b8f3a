import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.js';
import { InvalidCursor } from './invalid-cursor.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';

describe('a cursor', () => {
  it.each(['', 'Öl & "tea"', '日本茶', 0, 12])('gives back the position it was made of: %p', (key) => {
    const text = encodeCursor('scope', { key, id: ID });
    expect(text).toMatch(/^[\w-]+$/);
    expect(decodeCursor(text, 'scope', z.union([z.string(), z.number()]))).toEqual({ key, id: ID });
  });

  it('is refused for another list, for a key that the order cannot have, and when it is not the one text of its position', () => {
    const text = encodeCursor('scope', { key: 'tea', id: ID });
    const upper = Buffer.from(JSON.stringify(['scope', 'tea', ID.toUpperCase()])).toString('base64url');
    expect(() => decodeCursor(text, 'other', z.string())).toThrow(InvalidCursor);
    expect(() => decodeCursor(text, 'scope', z.number())).toThrow(InvalidCursor);
    for (const forged of [`${text}=`, `${text}A`, upper, 'null', '', '{}']) {
      expect(() => decodeCursor(forged, 'scope', z.string())).toThrow(InvalidCursor);
    }
  });
});
