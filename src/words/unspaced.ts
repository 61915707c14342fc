const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** A segmenter's time grows faster than its text. */
const segmentedAtOnce = 1_000

/** Intl.Segmenter's words of a text in a script that is written without spaces, with their offsets. */
export function segmentsOf(text: string): Segment[] {
  const found: Segment[] = []
  for (let start = 0; start < text.length; start += segmentedAtOnce) {
    for (const { segment, index, isWordLike } of segmenter.segment(text.slice(start, start + segmentedAtOnce))) {
      if (isWordLike) add(found, segment, start + index)
    }
  }
  return found
}

type Segment = { text: string; start: number }

/** What a segmenter parts from the character before it, and is no particle: 食-べ, 述-べた, 使-って. */
const parted = 'えけげせべめれっんいき'
const isHan = /^\p{sc=Han}$/u

function add(found: Segment[], text: string, start: number): void {
  const before = found.at(-1)
  if (before === undefined || !parted.includes(text[0]!) || before.start + before.text.length !== start || !isHan.test(before.text)) found.push({ text, start })
  else {
    before.text += text[0]!
    if (text.length > 1) found.push({ text: text.slice(1), start: start + 1 })
  }
}

const han = /^\p{sc=Han}+$/u
const katakana = /^[\p{sc=Katakana}ー]+$/u
const southEastAsian = /^[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{M}]+$/u
const longest = 30

/** Characters that a word of one more ends or begins with: 東京-都, 感染-症; 大-統領, 都-知事. */
const affixes = {
  last: new Set(
    '都道府県市区町村省庁院者性化症部長員家会國国人語省州县县镇乡海江河湖山岛島党軍军法案局社所場场戦战率力派系型式的学科業业産产权権罪車车机機线線路站駅币币券税费費病菌区',
  ),
  first: new Set('新旧大小前元副総总各全諸反非不無无未再最超都県市同本両两亲親対对米英仏独露中日韓韩台北南東东西高低多少老男女'),
}
/** No word of katakana begins with these, nor is cut before them. */
const continuing = /^[ーンッァィゥェォャュョヮ・]/u

/**
 * Words that a token holds beside itself: a segmenter leaves 東京都, ประเทศไทย and コンピューターウイルス whole, where readers look for
 * 東京, ไทย and ウイルス. A token is cut in two where both are words to the segmenter; 京都 is not in 東京都, since 都 ends it.
 */
export function partsOfUnspaced(token: string): string[] {
  if (token.length < 3 || token.length > longest) return []
  if (han.test(token))
    return token.length === 3
      ? partsOfThree(token)
      : cutsOf(token, 2)
          .flat()
          .filter((part) => part.length >= 2)
  if (katakana.test(token)) return token.length < 8 ? [] : cutsOf(token, 4).flat()
  if (southEastAsian.test(token)) return cutsOf(token, 3).flat()
  return []
}

function partsOfThree(token: string): string[] {
  const parts = affixes.last.has(token[2]!) ? [token.slice(0, 2)] : affixes.first.has(token[0]!) ? [token.slice(1)] : []
  return parts.filter(isWord)
}

function cutsOf(token: string, least: number): [string, string][] {
  const cuts: [string, string][] = []
  for (let at = least; at <= token.length - least; at++) {
    const [before, after] = [token.slice(0, at), token.slice(at)]
    if (continuing.test(after) || /^\p{M}/u.test(after)) continue
    if (isWord(before) && isWord(after)) cuts.push([before, after])
  }
  return cuts
}

/** Whether the segmenter leaves it whole. */
const isWord = (text: string) => segmentsOf(text)[0]?.text === text

const inflected = /^\p{sc=Han}[\p{sc=Han}\p{sc=Hiragana}]*\p{sc=Hiragana}$/u
/** Of a verb's five rows all but the fourth, whose verbs keep it: 打つ, 打っ, 打ち; but 食べ. And of an adjective: 高い, 高く. */
const ending = /[うくぐすつぬぶむるいっんしきぎちにびみりさかがたなばまらわそこごとのぼもろ]$/u

/** A Japanese verb or adjective without what its inflection changes: 打 of 打つ and 打っ, 食べ of 食べる. Itself where it is none. */
export const withoutOkurigana = (word: string) => (inflected.test(word) ? word.replace(ending, '') : word)
