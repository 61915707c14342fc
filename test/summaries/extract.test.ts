// Which sentences say what a text is about.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { centralSentences, summarise } from '../../src/summaries/extract.ts'

const texts: Record<string, { sentences: string[]; between: string }> = {
  en: {
    between: ' ',
    sentences: [
      'The harbour of Grimsund was closed on Monday after a ferry struck the old pier.',
      'My aunt likes tea.',
      'The ferry struck the pier at dawn, and the harbour master closed Grimsund harbour to all ships.',
      'A cat slept through all of the noise on a warm roof.',
      'Divers will look at the pier of the harbour before the ferry sails again.',
      'Tickets cost ten crowns.',
      'The ferry company said that the pier would be mended, and the harbour opened, within a week.',
    ],
  },
  ja: {
    between: '',
    sentences: [
      '東京の地下鉄で月曜日に大規模な停電が発生した。',
      '天気は晴れだった。',
      '停電の影響で東京の地下鉄は三時間運転を見合わせた。',
      '猫が寝ていた。',
      '地下鉄の会社は停電の原因を調査している。',
      '東京の地下鉄は火曜日の朝に運転を再開した。',
    ],
  },
  zh: {
    between: '',
    sentences: [
      '北京市政府星期一宣布将扩建地铁网络。',
      '天气很好。',
      '北京地铁网络将增加五条新线路，政府将投资一千亿元。',
      '一只猫在睡觉。',
      '政府表示，新的地铁线路将缓解北京的交通压力。',
      '北京地铁的扩建工程将于明年开始。',
    ],
  },
  ar: {
    between: ' ',
    sentences: [
      'أعلنت الحكومة اليوم عن بناء جسر جديد فوق النهر في القاهرة.',
      'كان الطقس جميلا جدا في الصباح.',
      'سيكلف بناء الجسر فوق النهر مليار جنيه بحسب الحكومة.',
      'نامت القطة على السطح.',
      'هل سيخفف الجسر الجديد من ازدحام القاهرة؟',
      'قالت الحكومة إن الجسر فوق النهر سيفتح بعد عامين.',
    ],
  },
  th: {
    between: ' ',
    sentences: [
      'รัฐบาลประกาศสร้างรถไฟความเร็วสูงจากกรุงเทพไปเชียงใหม่ภายในห้าปีข้างหน้า',
      'แมวนอนหลับอยู่บนหลังคาบ้านที่อบอุ่นทั้งวันโดยไม่สนใจเสียงดังรอบข้าง',
      'รถไฟความเร็วสูงจะใช้เวลาเดินทางจากกรุงเทพไปเชียงใหม่เพียงสามชั่วโมงครึ่ง',
      'รัฐบาลจะใช้งบประมาณสร้างรถไฟความเร็วสูงสายเชียงใหม่ประมาณสี่แสนล้านบาท',
      'คุณป้าชอบดื่มน้ำชาร้อนทุกเช้าพร้อมกับขนมปังและผลไม้สดจากตลาดใกล้บ้าน',
      'ประชาชนในกรุงเทพและเชียงใหม่สนับสนุนการสร้างรถไฟความเร็วสูงของรัฐบาล',
    ],
  },
}

describe.each(Object.entries(texts))('a summary of %s', (language, { sentences, between }) => {
  const summary = summarise({ content: `${sentences.slice(0, 3).join(between)}\n\n${sentences.slice(3).join(between)}`, language })!
  const taken = sentences.filter((sentence) => summary.includes(sentence))

  it('is three whole sentences in their order', () => {
    expect(taken).toHaveLength(3)
    expect(summary).toBe(taken.join(between))
  })
  it('leaves out what the others do not speak of', () => {
    expect(taken.join()).not.toMatch(/cat slept|aunt|猫|天气|قطة|الطقس|แมว|น้ำชา|晴れ/)
  })
})

it('is all of a short text, and null of none', () => {
  expect(summarise({ content: 'One. Two.\n\nThree.', language: 'en' })).toBe('One. Two. Three.')
  expect(summarise({ content: 'no end', language: null })).toBe('no end')
  expect(summarise({ content: '', language: 'en' })).toBeNull()
  expect(summarise({ content: ' \n\n ', language: 'en' })).toBeNull()
})

it('takes sentences that are whole and neither very long nor very short, where there are enough', () => {
  const about = 'The ferry struck the pier of the harbour'
  const good = ['The ferry struck the pier on Monday.', 'Nobody knows why the ferry went near the harbour.', 'The harbour master closed the pier on Tuesday.']
  const long = `${about}${', and the ferry struck the pier of the harbour'.repeat(12)}.`
  const content = [about, long, 'The ferry.', ...good, 'Something else entirely was said.'].join('\n\n')
  expect(summarise({ content, language: 'en' })).toBe(good.join(' '))
})

it('does not say the same twice', () => {
  const sentences = [
    'The ferry struck the old pier of the harbour on Monday morning.',
    'The ferry struck the old pier of the harbour on Monday morning.',
    'The harbour master closed the pier to the ferry on Monday.',
    'The ferry will use another harbour until the pier is mended.',
  ]
  expect(centralSentences(sentences, 'en', 3)).toEqual([0, 2, 3])
})

it('is whole sentences of at most 1,000 characters together; what has no end is cut between words', () => {
  const long = (n: number) => `${`word${n} `.repeat(80)}end.`
  const summary = summarise({ content: [1, 2, 3, 4].map(long).join('\n\n'), language: 'en' })!
  expect(summary.length).toBeLessThanOrEqual(1_000)
  expect(summary).toMatch(/end\.$/)
  const cut = summarise({ content: 'word '.repeat(2_000), language: 'en' })!
  expect(cut).toMatch(/^(word )+word…$/)
  expect(cut.length).toBeLessThanOrEqual(1_000)
  expect(cut.length).toBeGreaterThan(900)
})

it('is never an error, and never longer than it may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat({ max: 30 }), fc.constantFrom('en', 'ja', 'xx', null), (text, times, language) => {
      const summary = summarise({ content: text.repeat(times), language })
      expect(summary?.length ?? 0).toBeLessThanOrEqual(1_000)
      expect(summary === null || summary.trim() !== '').toBe(true)
    }),
  )
})
