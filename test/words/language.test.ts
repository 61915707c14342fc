// In what language an article is: as supplied, else as its words tell; null where they do not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takePageText } from '../../src/articles/page-text.ts'
import { detectLanguage } from '../../src/words/language.ts'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
})
afterAll(() => app?.close())

const sentences: [language: string, sentence: string][] = [
  ['en', 'The government announced new measures on Tuesday to curb inflation, as prices rose for the third month in a row.'],
  ['de', 'Die Bundesregierung hat am Dienstag neue Maßnahmen gegen die steigenden Preise angekündigt.'],
  ['fr', 'Le gouvernement a annoncé mardi de nouvelles mesures pour lutter contre la hausse des prix.'],
  ['es', 'El Gobierno anunció el martes nuevas medidas para frenar la subida de los precios.'],
  ['pt', 'O governo anunciou na terça-feira novas medidas para conter a alta dos preços no país.'],
  ['it', 'Il governo ha annunciato martedì nuove misure per contenere l’aumento dei prezzi.'],
  ['nl', 'De regering heeft dinsdag nieuwe maatregelen aangekondigd om de stijgende prijzen tegen te gaan.'],
  ['sv', 'Regeringen presenterade på tisdagen nya åtgärder för att dämpa de stigande priserna.'],
  ['da', 'Regeringen præsenterede tirsdag nye tiltag, der skal dæmpe de stigende priser i Danmark.'],
  ['no', 'Regjeringen la tirsdag fram nye tiltak for å dempe prisveksten, sier statsministeren i Norge.'],
  ['fi', 'Hallitus ilmoitti tiistaina uusista toimista hintojen nousun hillitsemiseksi.'],
  ['pl', 'Rząd ogłosił we wtorek nowe działania mające powstrzymać wzrost cen.'],
  ['cs', 'Vláda v úterý oznámila nová opatření proti růstu cen, uvedl premiér.'],
  ['hu', 'A kormány kedden új intézkedéseket jelentett be az áremelkedés megfékezésére.'],
  ['ro', 'Guvernul a anunțat marți noi măsuri pentru a opri creșterea prețurilor.'],
  ['tr', 'Hükümet salı günü artan fiyatlara karşı yeni önlemler açıkladı.'],
  ['ru', 'Правительство во вторник объявило о новых мерах по сдерживанию роста цен.'],
  ['uk', 'Уряд у вівторок оголосив про нові заходи для стримування зростання цін.'],
  ['bg', 'Правителството обяви във вторник нови мерки срещу повишаването на цените.'],
  ['el', 'Η κυβέρνηση ανακοίνωσε την Τρίτη νέα μέτρα για τη συγκράτηση των τιμών.'],
  ['ar', 'أعلنت الحكومة يوم الثلاثاء عن إجراءات جديدة للحد من ارتفاع الأسعار.'],
  ['he', 'הממשלה הודיעה ביום שלישי על צעדים חדשים לבלימת עליית המחירים.'],
  ['fa', 'دولت روز سه‌شنبه از اقدامات تازه برای مهار افزایش قیمت‌ها خبر داد.'],
  ['hi', 'सरकार ने मंगलवार को बढ़ती कीमतों पर रोक लगाने के लिए नए उपायों की घोषणा की।'],
  ['ja', '政府は火曜日、物価の上昇を抑えるための新たな対策を発表した。'],
  ['zh', '政府周二宣布了遏制物价上涨的新措施，总理对记者表示。'],
  ['ko', '정부는 화요일 물가 상승을 억제하기 위한 새로운 대책을 발표했다.'],
  ['th', 'รัฐบาลประกาศมาตรการใหม่เมื่อวันอังคารเพื่อควบคุมราคาสินค้าที่สูงขึ้น'],
  ['vi', 'Chính phủ hôm thứ Ba đã công bố các biện pháp mới nhằm kiềm chế giá cả tăng cao.'],
]

describe('is told', () => {
  it.each(sentences)('by a sentence: %s', (language, sentence) => {
    expect(detectLanguage('', sentence)).toBe(language)
  })

  it.each([
    ['UK inflation falls to 3.2%', 'en'],
    ['Lufthansa streicht Flüge', 'de'],
    ['Sube el precio de la luz', 'es'],
    ['Governo anuncia novas medidas', 'pt'],
    ['Två döda i olycka på motorväg', 'sv'],
    ['To døde i ulykke på motorvejen', 'da'],
    ['To døde i ulykke på motorveien', 'no'],
    ['Støre på besøk i Berlin', 'no'],
    ['Fiala jedná v Berlíně', 'cs'],
    ['Путин прибыл в Пекин', 'ru'],
    ['Спартак обыграл ЦСКА', 'ru'],
    ['Зеленський прибув до Берліна', 'uk'],
    ['Радев пристигна в Берлин', 'bg'],
    ['ماكرون يزور بيروت', 'ar'],
    ['چرا قیمت‌ها دوباره بالا می‌رود', 'fa'],
    ['وزیراعظم چین پہنچ گئے', 'ur'],
    ['मोदी पहुंचे बर्लिन', 'hi'],
    ['高速道路の事故で2人死亡', 'ja'],
    ['习近平会见德国总理', 'zh'],
    ['トヨタ、新型車を発表', 'ja'],
    ['Microsoft、Windows 11のアップデートを公開 Copilot機能を追加', 'ja'],
    ['Apple iPhone 15 Pro Max 출시일 확정', 'ko'],
    ['삼성전자', 'ko'],
    ['Google Pixel 9 Pro: νέο κινητό', 'el'],
    ['He said “Vielen Dank” and left the building before the police arrived.', 'en'],
    ['Beijing (北京) and Seoul (서울) agreed to resume the talks that were broken off in May.', 'en'],
  ])('by a headline or among other scripts: %s', (title, language) => {
    expect(detectLanguage(title, '')).toBe(language)
  })

  it('by the text where the title alone would mislead', () => {
    expect(detectLanguage('Real Madrid Barcelona', 'The two clubs meet again on Sunday, and the coaches hope for better weather than last time.')).toBe('en')
  })

  it.each([
    '',
    '12:30',
    '5G',
    'Trump',
    'Trump wins',
    'Title Text',
    'Apple unveils iPhone 15',
    'Real Madrid Barcelona',
    'Microsoft Windows Copilot',
    'Leonardo DiCaprio Martin Scorsese',
    'Владимир Путин',
    'Sánchez dimite',
    'Google Pixel 9 Pro XL',
    'Путин',
    '東京',
    'Title 02aa22c7-bc20-4ef2-9f90-7e88155e6e08 Text 02aa22c7-bc20-4ef2-9f90-7e88155e6e08.',
    '\ud800\0',
    'Pemerintah pada hari Selasa mengumumkan langkah baru.',
  ])('by nothing, rather than wrong: %j', (title) => {
    expect(detectLanguage(title, '')).toBeNull()
  })
})

it('is as supplied, or as the words tell; an edit keeps it, and a page may tell it', async () => {
  const [[, english], [, german]] = sentences as [[string, string], [string, string]]
  const languages = async () =>
    (await app.gql('{ articles(orderBy: CREATED_ASC) { nodes { url language } } }')).articles.nodes.map((node: { language: string }) => node.language)
  const told = { title: 'Prices', content: english }
  const results = await ingest(app, [draft(1, told), draft(2, { ...told, language: 'de-at' }), draft(3, { title: '5G', content: '12:30' })])
  expect(await languages()).toEqual(['en', 'de-AT', null])

  await ingest(app, [draft(1, { title: 'Preise', content: german }), draft(2, { title: 'Preise', content: german })])
  expect(await languages()).toEqual(['en', 'de-AT', null])
  await ingest(app, [draft(1, { title: 'Preise', content: german, language: 'de' }), draft(3, { title: '5G', content: '12:30 Uhr' })])
  expect(await languages()).toEqual(['de', 'de-AT', null])

  const { database, wake } = app.services
  const page = { url: 'https://example.com/3', contentHtml: `<p>12:30 Uhr, 5G.</p><p>${german}</p>`, byline: null, language: null }
  expect(await takePageText({ prisma: database.prisma, wake }, results[2]!.article!.id, page, new Date())).toBe(true)
  expect(await languages()).toEqual(['de', 'de-AT', 'de'])
  // And so it is found by its stems there.
  const { articles } = await app.gql('{ articles(filter: { text: "Preis Bundesregierungen" }) { totalCount } }')
  expect(articles.totalCount).toBe(3)
})
