import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCase } from './case-conversion.ts';

describe('toCase', () => {
  it.each([
    ['message', 'message', 'message', 'Message'],
    ['liveConnection', 'live_connection', 'liveConnection', 'LiveConnection'],
    ['send_message', 'send_message', 'sendMessage', 'SendMessage'],
    ['OneU8', 'one_u_8', 'oneU8', 'OneU8'],
    ['player1', 'player_1', 'player1', 'Player1'],
    ['transformationsIn3d', 'transformations_in_3_d', 'transformationsIn3D', 'TransformationsIn3D'],
    ['HTTPRequest', 'http_request', 'httpRequest', 'HttpRequest'],
    ['userID', 'user_id', 'userId', 'UserId'],
    ['userIDs', 'user_i_ds', 'userIDs', 'UserIDs'],
    ['ABC', 'abc', 'abc', 'Abc'],
    ['_leading__double_', 'leading_double', 'leadingDouble', 'LeadingDouble'],
    ['kebab-case name', 'kebab_case_name', 'kebabCaseName', 'KebabCaseName'],
    ['Straße', 'straße', 'straße', 'Straße'],
    ['ÄrgerÖl', 'ärger_öl', 'ärgerÖl', 'ÄrgerÖl'],
    ['名前Name', '名前name', '名前name', '名前name'],
    ['', '', '', ''],
  ])('toCase converts %s', (name, snake, camel, pascal) => {
    expect(toCase(name, 'snake')).toBe(snake);
    expect(toCase(name, 'camel')).toBe(camel);
    expect(toCase(name, 'pascal')).toBe(pascal);
  });

  it('toCase keeps a name in snake case', () => {
    const word = fc.stringMatching(/^([a-z]+|[0-9]+)(_([a-z]+|[0-9]+)){0,4}$/);
    fc.assert(fc.property(word, (name) => toCase(name, 'snake') === name));
  });

  it('toCase gives the same snake case via Pascal case, for words of two letters or more', () => {
    const word = fc.stringMatching(/^[a-z]{2,6}(_[a-z]{2,6}){0,4}$/);
    fc.assert(fc.property(word, (name) => toCase(toCase(name, 'pascal'), 'snake') === name));
  });
});
