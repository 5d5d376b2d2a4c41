import { describe, expect, it } from '@jest/globals';
import { Html } from '../src/pages/html.ts';
import { askerWords } from '../src/rules/rule-asker.ts';

describe('Who asked', () => {
  it('leads to the rule whose run it was', () => {
    const words = askerWords('rule.spring.term.1795904866938', 'rule spring.term');
    expect(words).toBeInstanceOf(Html);
    expect((words as Html).text).toBe('<a href="/rules/spring.term">rule spring.term</a>');
  });

  it.each([
    ['an id of another', '5c0863b1-4825-478a-8db8-1e9348a937b8', 'rule spring.term'],
    ['a run of another rule', 'rule.autumn.1795904866938', 'rule spring.term'],
    ['a person', 'rule.spring.term.1795904866938', 'ada <b>'],
    ['nobody', 'r', undefined],
  ])('leads nowhere from %s', (_what, id, by) => expect(askerWords(id, by)).toBe(by));
});
