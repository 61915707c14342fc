// An article is found by the words that a reader would type: in the list, by filter.text, and by search, in every language.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { enrichAll } from '../helpers/enrichment.ts'

/** What is found by each of some texts, and not by others. */
type Case = [language: string, content: string, found: string[], not: string[]]
const cases: Case[] = [
  ['ja', '東京都知事が会見した。', ['東京', '知事', '東京都知事', '会見'], ['京都', '大阪']],
  ['ja', '東京都は感染症対策を発表', ['東京', '東京都', '感染', '対策'], ['京都']],
  ['ja', '関西国際空港で便が欠航', ['空港', '国際空港', '関西'], ['成田']],
  [
    'ja',
    'コンピューターウイルスに注意、スマートフォンメーカー各社',
    ['ウイルス', 'コンピューター', 'スマートフォン', 'メーカー'],
    ['イルス', 'ウイルスメール'],
  ],
  ['ja', 'ﾄﾖﾀとＮＡＳＡが５Gを発表', ['トヨタ', 'nasa', 'NASA', '5G'], ['nas']],
  ['ja', 'インドネシアの大統領', ['インドネシア', '大統領'], ['インド']],
  ['ja', '昨日、寿司を食べた選手が勝った', ['食べる', '食べた', '寿司', '勝つ'], ['飲む', '負ける']],
  ['ja', '知事は新たな方針を述べた。人工知能を使って物価を上げた', ['述べる', '使う', '使った', '上げる', '人工知能'], ['上', '語る']],
  ['zh', '台灣總統訪問美國', ['台湾', '台灣', '总统', '美国总统访问', '訪問'], ['中国']],
  ['zh', '强总理与李部长在中华大地为人民', ['总理'], ['李强', '华为', '李克强']],
  ['zh', '国务院总理李强会见李克强', ['李强', '李强总理', '李克强', '總理李強'], ['李鹏']],
  ['ja', '高校の市民と早苗さん', ['高校'], ['高市早苗']],
  ['ja', '高市早苗氏とバイデン氏', ['高市早苗', '高市', 'バイデン'], ['小池']],
  ['zh', '华为发布新手机', ['華為', '手機', '华为'], ['小米']],
  ['ja', '東京の国会議員', ['東京', '国会'], ['东京']],
  ['zh', '北京大学的研究人员发表了论文，南京市长江大桥', ['北京', '大学', '北京大学', '南京'], ['东京']],
  ['zh', '中华人民共和国国务院总理谈人工智能', ['人民', '国务院', '总理', '智能'], ['中国']],
  ['th', 'ประเทศไทยมีนายกรัฐมนตรี', ['ไทย', 'ประเทศ', 'ประเทศไทย', 'รัฐมนตรี'], ['ลาว']],
  ['ko', '대통령이 서울에서 경제정책을 발표했다', ['대통령', '대통령은', '서울', '경제', '정책', '경제정책'], ['부산']],
  ['th', 'ปี ๒๕๖๖ โควิด-๑๙ ราคา ๑,๕๐๐ บาท', ['2566', '๒๕๖๖', 'โควิด-19', '1500', '๑๕๐๐', '1,500'], ['2565']],
  ['ko', '서울시는 책을 읽고 파리로부터 방문한', ['서울', '서울시', '책', '파리', '방문'], ['부산', '시']],
  ['ko', 'LG전자가 만든 AI가', ['LG', 'lg전자', 'ai'], ['삼성']],
  [
    'de',
    'Das Bundesverfassungsgericht entschied',
    ['Verfassungsgericht', 'Gericht', 'Verfassung', 'Bundesverfassungsgerichts'],
    ['Bundestag', 'Fassung', 'richt'],
  ],
  ['de', 'Das Klimaschutzgesetz und die Energiepreise', ['Klimaschutz', 'Klima', 'Schutz', 'Gesetz', 'Gesetze', 'Preis', 'energie'], ['setz']],
  ['de', 'Die Arbeitslosenversicherung der Krankenhäuser', ['Versicherung', 'arbeitslos', 'Krankenhaus', 'Häuser'], ['Sicherung', 'lose']],
  ['de', 'Bundestagswahl: Ministerpräsident an der Autobahn', ['Wahl', 'Bundestag', 'Minister', 'Präsident', 'Bahn'], ['Präsidentenwahl']],
  [
    'de',
    'In Kreisen der Kandidaten trägt ein amerikanisches Unternehmen Verantwortung',
    ['Kandidat', 'Kreis'],
    ['reisen', 'Daten', 'Nische', 'nehmen', 'Antwort', 'Wort'],
  ],
  ['de', 'Müller aus der Görlitzer Straße', ['müller', 'mueller', 'muller', 'strasse', 'Goerlitzer'], ['Mühle']],
  ['de', 'Mueller kommt mit der U-Bahn', ['Müller', 'U-Bahn', 'ubahn', 'Bahn'], ['s-bahn']],
  ['de', 'Mehrwertsteuererhöhung und Gaspreisbremse', ['Steuererhöhung', 'Steuer', 'Gas', 'Gaspreis', 'Preisbremse'], ['Lohnsteuer']],
  ['de', 'Der Stadtrat und das Finanzamt in Süddeutschland', ['Rat', 'Amt', 'Finanzen', 'Deutschland', 'Stadt'], ['trat', 'Norddeutschland']],
  ['de', 'Der Zugriff auf den Apparat am Bauernhof', ['Zugriffe', 'Bauernhöfe'], ['Riff', 'Zug', 'Rat', 'Bau']],
  ['de', 'Bundes\u00adverfassungs\u00adgericht', ['Bundesverfassungsgericht', 'Gericht'], ['Bundestag']],
  ['nl', 'De klimaatwetgeving van de ziekenhuizen', ['klimaat', 'wetgeving', 'huizen', 'ziekenhuizen'], ['geving']],
  ['fi', 'Maailmankauppa kasvoi', ['kauppa', 'maailma'], ['mies']],
  ['ar', 'المدرسة مغلقة والمدارس الأخرى في إسرائيل', ['مدرسة', 'المدرسه', 'مدارس', 'المدارس', 'اسرائيل'], ['جامعة']],
  ['ar', 'قال الرئيس للحكومة بالقاهرة', ['رئيس', 'الحكومة', 'القاهرة'], ['لبنان']],
  ['ar', 'سيارات ومدنيين وقرارات', ['سيارة', 'السيارات', 'المدنيين', 'قرار', 'القرارات'], ['مدرسة']],
  ['ar', 'لمناقشة الإصابات سافر لبيروت عام ٢٠٢٣', ['مناقشة', 'إصابات', 'اصابات', 'بيروت', '2023'], ['لبنان']],
  ['ar', 'دفع ١٬٥٠٠ دينار و١,٢٣٤.٥٠ دولار ونسبة ١٢٫٥', ['1500', '1,500', '١٥٠٠', '12.5', '١٢٫٥'], ['500', '12']],
  ['he', 'צה"ל הגיב בתל אביב, בכנסת', ['צהל', 'צה"ל', 'צה״ל', 'תל אביב', 'הכנסת', '"צה״ל הגיב"', '"צה"ל הגיב"'], ['חיפה', 'צה', '"צה"ל בכנסת"']],
  ['he', 'הממשלה החליטה בירושלים', ['ממשלה', 'הממשלה', 'ירושלים'], ['תל']],
  ['hi', 'सरकारों की किताबें', ['सरकार', 'किताब'], ['नगर']],
  ['fa', 'کتاب‌های ایران', ['کتاب', 'ايران'], ['عراق']],
  ['fa', 'دانشگاه‌ها و کتابهای سال ۱۴۰۲', ['دانشگاه', 'دانشگاههای', 'دانشگاه‌های', 'کتاب', 'کتاب‌ها', '1402', '١٤٠٢'], ['1401']],
  ['hi', 'नरेंद्र की ज़िंदगी और फ़िल्म, परीक्षाएँ', ['नरेन्द्र', 'जिंदगी', 'ज़िन्दगी', 'फिल्म', 'परीक्षा'], ['नगर']],
  ['ru', 'Слова Путина про ёлку', ['путин', 'слово', 'елка'], ['лука']],
  ['uk', "Об'єднання громад", ['об’єднання', 'обєднання'], ['єднання']],
  ['bg', 'Президентът на България посети градовете', ['президент', 'президента', 'българия', 'посети', 'град'], ['софия']],
  ['ru', 'Матери просят президента', ['матери', 'президент', 'президента'], ['отец']],
  ['el', 'ΕΛΛΑΔΑ σήμερα', ['Ελλάδα', 'ελλαδα'], ['λαδα']],
  ['cs', 'Vláda v Praze schválila nové daně pro prezidenta', ['vlády', 'vlada', 'Praha', 'daň', 'prezident'], ['Brno']],
  ['sk', 'Slovenská vláda a prezident', ['vlády', 'prezidenta'], ['Praha']],
  ['pl', 'Premier Polski z prezydentem w Warszawie, wybory w Łodzi', ['Polska', 'Polsce', 'prezydent', 'Warszawa', 'wyborów', 'Łódź', 'lodz'], ['Gdańsk']],
  ['cs', 'Antonín Dvořák', ['dvorak', 'Dvořák'], ['dvor']],
  ['pl', 'Łódź i Kraków', ['lodz', 'krakow', 'Łódź'], ['odz']],
  ['tr', "İstanbul'da deprem, ISPARTA'nın sesi", ['istanbul', 'İstanbul', 'Isparta', 'ısparta'], ['ankara']],
  ['pt', 'em São Paulo', ['sao paulo', 'São'], ['sap']],
  ['pt', 'Eleições, hospitais e jornais; os homens alemães', ['eleição', 'eleicao', 'eleicoes', 'hospital', 'jornal', 'homem', 'alemão'], ['escola']],
  ['es', 'Los niños del presidente', ['ninos', 'niño', 'presidentes'], ['nido']],
  ['vi', 'Hà Nội và Đà Nẵng', ['ha noi', 'da nang', 'Hà Nội'], ['hue']],
  ['da', 'København og Århus', ['kobenhavn', 'koebenhavn', 'aarhus', 'Århus'], ['arhu']],
  ['fr', 'L’économie d’aujourd’hui et l’État', ['économie', 'economie', 'etat', "l'état", "aujourd'hui"], ['leconomie']],
  ['it', "L'università dell'Unione", ['università', 'universita', 'unione', "dell'unione"], ['dell']],
  ['en', 'Müller met Dvořák in Malmö', ['mueller', 'muller', 'dvorak', 'malmo'], ['mull']],
  ['en', 'The U.S. economy grew; companies run', ['US economy', 'U.S.', 'us', 'company', 'running', '"US economy"'], ['UK economy', '"UK economy"', 'USA']],
  ['en', 'Written in C++, C# and .NET, not Go', ['C++', 'c#', '.NET', 'net'], ['C', 'F#', 'D++']],
  ['en', 'net profit in vitamin C', ['net', 'vitamin c'], ['.NET', 'C++', 'C#']],
  ['en', 'COVID-19 and 5G spread by e-mail and Wi-Fi', ['covid-19', 'covid', 'covid19', '5g', 'e-mail', 'email', 'wifi', 'wi-fi', 'mail'], ['covid-20', '4g']],
  ['en', 'An email of vice president O’Brien', ['e-mail', 'vice-president', "o'brien", 'obrien'], ['brian']],
  [
    'en',
    '@elonmusk likes #MeToo, AT&T and node.js at example.com',
    ['elonmusk', '@elonmusk', '#MeToo', 'metoo', 'AT&T', 'node.js', 'example.com', 'example'],
    ['me too'],
  ],
  ['en', '1,000 people paid 12.50 in the 1990s', ['1000', '1,000', '12.50', '1990s'], ['1001', '12,500']],
  ['en', 'A price of 1,234.56 for the iPhone15', ['1234.56', '1,234.56', 'iphone15'], ['1234', '123456', 'phone']],
  ['de', '1.000 Menschen', ['1000', '1.000'], ['000']],
  ['en', "Biden's plan doesn’t please", ['biden', "biden's", "doesn't"], ['bid']],
  ['', 'Kyiv Київ 北京 Wien', ['kyiv', 'київ', '北京', 'wien'], ['kiew']],
]

let app: App
const urlOf = (n: number) => `https://example.com/found/${n}`
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  // Titles that no case asks for; what the words are in is told by their supplied language.
  const results = await ingest(
    app,
    cases.map(([language, content], n) => ({ ...draft(n), url: urlOf(n), title: `§${n}`, content, ...(language && { language }) })),
  )
  expect(results.map(({ status }) => status)).toEqual(cases.map(() => 'INGESTED'))
  // Each language is one of many, and none is told by what has just come.
  await enrichAll(app, [])
})
afterAll(() => app?.close())

it.each(cases.map((each, n) => [n, ...each] as const))('%i: %s %s', async (n, _language, _content, found, not) => {
  const texts = [...found, ...not]
  const fields = texts
    .map((_, i) => `t${i}: articles(first: 100, filter: { text: $t${i} }) { nodes { url } } s${i}: search(first: 100, query: $t${i}) { nodes { url } }`)
    .join('\n')
  const answer = await app.gql(
    `query (${texts.map((_, i) => `$t${i}: String!`).join(', ')}) { ${fields} }`,
    Object.fromEntries(texts.map((text, i) => [`t${i}`, text])),
  )
  const isFound = (field: string) => answer[field].nodes.some(({ url }: { url: string }) => url === urlOf(n))
  expect(texts.filter((_, i) => isFound(`t${i}`))).toEqual(found)
  // Search finds more than what has all the words.
  expect(found.filter((_, i) => !isFound(`s${i}`))).toEqual([])
})
