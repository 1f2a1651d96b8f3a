import { contentTag, expectedVersion, namesTag, versionTag } from './entity-tag.js';

describe('versionTag and contentTag', () => {
  it('are strong for a version, and weak for a content', () => {
    expect(versionTag(12)).toBe('"12"');
    expect(contentTag({ items: [] })).toMatch(/^W\/"[\w-]{27}"$/);
  });

  it('differ when the text differs, and only then', () => {
    expect(contentTag({ items: [1] })).toBe(contentTag({ items: [1] }));
    expect(contentTag({ items: [1] })).not.toBe(contentTag({ items: [2] }));
  });
});

describe('namesTag', () => {
  it.each(['"12"', 'W/"12"', '"1", W/"12"', ' "1" ,, "12" ', '*', '"a,b", "12"'])('finds the tag in %s', (field) => {
    expect([namesTag(field, '"12"'), namesTag(field, 'W/"12"')]).toEqual([true, true]);
  });

  it.each([undefined, '', '12', '"120"', '"1","2"', '"12" and more', '"12', 'w/"12"'])('finds none in %s', (field) => {
    expect(namesTag(field, '"12"')).toBe(false);
  });

  it('takes time linear in a hostile field', () => {
    expect(namesTag(`"${', '.repeat(8_000)}`, '"12"')).toBe(false);
    expect(namesTag(`${' , '.repeat(5_000)}x`, '"12"')).toBe(false);
  });
});

describe('expectedVersion', () => {
  it('reads the version of a strong tag', () => {
    expect(expectedVersion('"9007199254740991"')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    [undefined, 'PRECONDITION_REQUIRED'],
    ['*', 'PRECONDITION_REQUIRED'],
    ['12', 'MALFORMED_REQUEST'],
    ['"1", "2"', 'MALFORMED_REQUEST'],
    ['W/"12"', 'VERSION_CONFLICT'],
    ['"012"', 'VERSION_CONFLICT'],
    ['"0"', 'VERSION_CONFLICT'],
    ['"9007199254740993"', 'VERSION_CONFLICT'],
    ['"zFg4GFNWbfbc6KZ9JCyDQjYeZ1X"', 'VERSION_CONFLICT'],
  ])('refuses %s as %s', (field, code) => {
    expect(() => expectedVersion(field)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
