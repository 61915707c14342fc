// Where sentences end, in the scripts that news is written in.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sentencesOf } from '../../src/summaries/sentences.ts'

const split = (text: string, language = 'en') => sentencesOf(text, language, 100)

describe('a sentence', () => {
  it.each<[string, string, string[]]>([
    ['en', 'One ends. Another begins! Does a third? Yes.', ['One ends.', 'Another begins!', 'Does a third?', 'Yes.']],
    ['en', 'Mr. Blair met Dr. Smith and Mrs. Jones. They talked.', ['Mr. Blair met Dr. Smith and Mrs. Jones.', 'They talked.']],
    ['en', 'The U.S. President left. He waved.', ['The U.S. President left.', 'He waved.']],
    ['en', 'She lives in the U.S. The house is old.', ['She lives in the U.S.', 'The house is old.']],
    ['en', 'J. K. Rowling and George W. Bush came. Nobody else did.', ['J. K. Rowling and George W. Bush came.', 'Nobody else did.']],
    ['en', 'Sales rose 2.5% to $1.13bn. Profits of No. 5 fell 1,000.5 points.', ['Sales rose 2.5% to $1.13bn.', 'Profits of No. 5 fell 1,000.5 points.']],
    ['en', 'Apple Inc. Chairman Tim left. It hurt Acme Inc. The market fell.', ['Apple Inc. Chairman Tim left.', 'It hurt Acme Inc.', 'The market fell.']],
    ['en', 'It was on Sept. 11 at 5 p.m. local time. We left.', ['It was on Sept. 11 at 5 p.m. local time.', 'We left.']],
    ['en', '"Why?" she asked. "Because!" he said.', ['"Why?" she asked.', '"Because!" he said.']],
    ['en', 'He said: "It is over." Then he left.', ['He said: "It is over."', 'Then he left.']],
    ['en', 'It was 2004. Then came 2005.', ['It was 2004.', 'Then came 2005.']],
    ['en', 'See example.com for more... if you like. Go.', ['See example.com for more... if you like.', 'Go.']],
    ['en', 'First paragraph.\n\nA headline\n\nSecond one.', ['First paragraph.', 'A headline', 'Second one.']],
    [
      'en',
      'This line was wrapped by a mailer between the names of\nLondon and Paris. A short line\nAnother line',
      ['This line was wrapped by a mailer between the names of London and Paris.', 'A short line', 'Another line'],
    ],
    [
      'de',
      'Am 3. Oktober kam Dr. Kohl. Es regnete, z.B. in Bonn. Dann schien die Sonne.',
      ['Am 3. Oktober kam Dr. Kohl.', 'Es regnete, z.B. in Bonn.', 'Dann schien die Sonne.'],
    ],
    ['fr', 'M. Chirac est venu. Il a parlé à Mme. Royal.', ['M. Chirac est venu.', 'Il a parlé à Mme. Royal.']],
    ['es', 'El Sr. López llegó. ¿Dónde estaba? ¡Aquí!', ['El Sr. López llegó.', '¿Dónde estaba?', '¡Aquí!']],
    ['ru', 'Он живёт на ул. Ленина. В. В. Путин приехал.', ['Он живёт на ул. Ленина.', 'В. В. Путин приехал.']],
    ['el', 'Ο κ. Μητσοτάκης έφυγε. Η κα. Μενδώνη έμεινε.', ['Ο κ. Μητσοτάκης έφυγε.', 'Η κα. Μενδώνη έμεινε.']],
    ['ar', 'قال د. أحمد إن الأمر صعب. ثم غادر.', ['قال د. أحمد إن الأمر صعب.', 'ثم غادر.']],
    ['hi', 'डॉ. शर्मा ने इनकार किया। क्या यह सच है?', ['डॉ. शर्मा ने इनकार किया।', 'क्या यह सच है?']],
    ['vi', 'Thủ tướng thăm TP. Hồ Chí Minh. Ông về Hà Nội.', ['Thủ tướng thăm TP. Hồ Chí Minh.', 'Ông về Hà Nội.']],
    ['ja', '今日は晴れです。明日は雨でしょう！本当ですか？はい。', ['今日は晴れです。', '明日は雨でしょう！', '本当ですか？', 'はい。']],
    ['ja', '彼は「行く。」と言った。そして去った。', ['彼は「行く。」と言った。', 'そして去った。']],
    [
      'ja',
      '首相は会見した。「成長している」と述べた。（写真は東京）発表は明日。『本』も出た。',
      ['首相は会見した。', '「成長している」と述べた。', '（写真は東京）発表は明日。', '『本』も出た。'],
    ],
    ['zh', '会议结束。“我们要发展。”《人民日报》报道。“是吗？”“是的。”', ['会议结束。', '“我们要发展。”', '《人民日报》报道。', '“是吗？”', '“是的。”']],
    [
      'fr',
      '« C’est bien. » Le maire parle. « Oui ! », dit-elle. Il dit : « Non. » Puis il part.',
      ['« C’est bien. »', 'Le maire parle.', '« Oui ! », dit-elle.', 'Il dit : « Non. »', 'Puis il part.'],
    ],
    ['de', '»Das ist gut.« Er ging. »Ja!«, rief sie. Er kam. »Nein.«', ['»Das ist gut.«', 'Er ging.', '»Ja!«, rief sie.', 'Er kam.', '»Nein.«']],
    [
      'de',
      'Das gilt z. B. für Bonn, z. B. Mitte, i. d. R. immer. Es kostet 5 Mio. Euro. Es waren 5 Mrd. Dann ging er.',
      ['Das gilt z. B. für Bonn, z. B. Mitte, i. d. R. immer.', 'Es kostet 5 Mio. Euro.', 'Es waren 5 Mrd.', 'Dann ging er.'],
    ],
    ['zh', '他说：“我来了。”大家都笑了。真的吗？', ['他说：“我来了。”', '大家都笑了。', '真的吗？']],
    ['ar', 'وصل الرئيس أمس. هل غادر؟ نعم.', ['وصل الرئيس أمس.', 'هل غادر؟', 'نعم.']],
    ['hi', 'यह पहला वाक्य है। यह दूसरा है। क्या यह तीसरा है?', ['यह पहला वाक्य है।', 'यह दूसरा है।', 'क्या यह तीसरा है?']],
  ])('of %s: %s', (language, text, expected) => {
    expect(split(text, language)).toEqual(expected)
  })

  it('of Thai is as much as stands between spaces and is long enough', () => {
    const phrase = 'นายกรัฐมนตรีเดินทางไปเยือนประเทศญี่ปุ่นเพื่อประชุมเรื่องเศรษฐกิจ'
    expect(split(`${phrase} สั้น ${phrase}\n\n${phrase}`, 'th')).toEqual([phrase, `สั้น ${phrase}`, phrase])
  })
})

it('loses no word and turns nothing round, whatever the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('Mr.', 'U.S.', '3.', '\n', '\n\n', '. ', '? ', '。', '。「', '（', '“', ' »', 'A', 'the', 'ไทย ', '\r'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('en', 'de', 'th', null), (pieces, language) => {
      const text = pieces.join('')
      const bare = (some: string) => some.replace(/\s+/g, '')
      expect(bare(sentencesOf(text, language, 1_000).join(''))).toBe(bare(text))
    }),
  )
})

it('of a long text are of its beginning, and whole', () => {
  const sentence = `${'Word '.repeat(19)}end.`
  const found = split(`${sentence} `.repeat(10_000).trim())
  expect(found).toHaveLength(100)
  expect(new Set(found)).toEqual(new Set([sentence]))
  const few = sentencesOf(`${'X'.repeat(9_000)}. ${'Y'.repeat(9_000)}.`, 'en', 100)
  expect(few).toEqual([`${'X'.repeat(9_000)}.`])
})

it.each(['A. ', 'Wrapped\n', '3. ', 'a.', '。「', '. » ', '（'])('are found soon in a text of nothing but %j', (piece) => {
  // What others do on the machine does not count.
  const before = process.cpuUsage()
  sentencesOf(piece.repeat(16_000 / piece.length), 'de', 80)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(500)
})

it('go on no longer than a summary is', () => {
  const [first, second] = split('A. '.repeat(1_000))
  expect(first!.length).toBeLessThan(1_010)
  expect(second!.startsWith('A. A.')).toBe(true)
})
