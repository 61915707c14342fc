import { lower } from '../words/fold.ts'
import { stopIn } from '../words/stop-words.ts'

const of = (...lines: string[]) => new Set(lines.join(' ').split(' '))

/**
 * What words/stop-words.ts lacks, by ISO 639-1: function words, and of English what is in news of any subject. Where an archive is small all
 * words are rare, and only a list tells that these tie nothing. From Snowball's lists, but for what is also a name ("us", "may").
 */
const lists = new Map(
  Object.entries({
    en: of(
      'one say end ends ended leave leaves left far twenty thirty forty hundred',
      'above across again against ago almost alone along already although always among amongst around aside away below beneath beside besides beyond cannot',
      'despite down during either else enough even ever every everybody everyone everything except few fewer finally further furthermore hence hers herself',
      'however indeed instead its itself just last least less let lets lot lots mainly maybe meanwhile merely moreover mostly myself near nearly neither next',
      'no nobody none nonetheless nor not nothing nowhere off often once ones onto others otherwise ours ourselves own per perhaps plus quite rather really',
      'several shall she simply so somebody somehow someone something sometimes somewhat somewhere soon theirs themselves thereby therefore thing things',
      'though throughout thus till together toward towards unless unlike until upon usually various via whatever when whenever whereas wherever whether',
      'whichever whoever whole whom whose why will within without yes yet yours yourself yourselves two three four five six seven eight nine ten eleven',
      'twelve first second third half twice having does doing done become becomes became becoming says saying tell tells telling told ask asks asking asked',
      'go goes going gone went gets getting gotten makes making made takes taking took taken comes coming give gives giving gave given find finds finding',
      'found put puts putting keep keeps keeping kept see sees seeing saw seen seem seems seemed know knows knew known think thinks thinking thought want',
      'wants wanted wanting need needs needed use uses using used work works working worked try tries trying tried look looks looking looked begin begins',
      'began begun beginning show shows showing showed shown bring brings bringing brought happen happens happened include includes including included',
      'according help helps helped follows followed following new newer newest old older oldest good better best big bigger biggest large larger largest',
      'little long longer great able likely different early earlier late later latest recent recently people year years month months week weeks day days hour',
      'hours minute minutes time times today yesterday tomorrow ways part parts back monday tuesday wednesday thursday friday saturday sunday wo ca',
    ),
    es: of(
      'este esta entre hay todo todos les otros ante ellos e esto antes algunos unos yo otras otra tanto esa estos mucho quienes nada muchos estar estas',
      'algunas algo nosotros mis tu tus ellas nosotras vosostros vosostras os mío mía míos mías tuyo tuya tuyos tuyas suyo suya suyos suyas nuestro nuestra',
      'nuestros nuestras vuestro vuestra vuestros vuestras esos esas estoy estás está estamos estáis están esté estés estemos estéis estén estaré estarás',
      'estará estaremos estaréis estarán estaría estarías estaríamos estaríais estarían estaba estabas estábamos estabais estaban estuve estuviste estuvo',
      'estuvimos estuvisteis estuvieron estuviera estuvieras estuviéramos estuvierais estuvieran estuviese estuvieses estuviésemos estuvieseis estuviesen',
      'estando estad he has ha hemos habéis han haya hayas hayamos hayáis hayan habré habrás habrá habremos habréis habrán',
      'habría habrías habríamos habríais habrían había habías habíamos habíais habían hube hubiste hubo hubimos hubisteis hubieron hubiera hubieras',
      'hubiéramos hubierais hubieran hubiese hubieses hubiésemos hubieseis hubiesen habiendo habido habida habidos habidas soy eres es somos sois son sea',
      'seas seamos seáis sean seré serás será seremos seréis serán sería serías seríamos seríais serían era eras éramos erais eran fui fuiste fue fuimos',
      'fuisteis fueron fuera fueras fuéramos fuerais fueran fuese fueses fuésemos fueseis fuesen',
      'tengo tienes tiene tenemos tenéis tienen tenga tengas tengamos tengáis tengan tendré tendrás tendrá tendremos tendréis tendrán tendría tendrías',
      'tendríamos tendríais tendrían tenía tenías teníamos teníais tenían tuve tuviste tuvo tuvimos tuvisteis tuvieron tuviera tuvieras tuviéramos tuvierais',
      'tuvieran tuviese tuvieses tuviésemos tuvieseis tuviesen teniendo tenido tenida tenidos tenidas tened ser haber tener hacer hace hacen hizo hecho decir',
      'dice dicen dijo poder puede pueden podrá pudo ir va van aún así aunque cada casi cuales cómo después hacia luego menos mientras mismo misma mismos',
      'mismas ninguna ninguno nunca siempre sino solo sólo tal tales tampoco tan toda todas vez veces dos tres primera primero nuevo nueva nuevos nuevas año',
      'años día días',
    ),
    pt: of(
      'estou está estamos estão estive esteve estivemos estiveram estava estávamos estavam estivera estivéramos esteja estejamos estejam estivesse',
      'estivéssemos estivessem estiver estivermos estiverem hei há havemos hão houve houvemos houveram houvera houvéramos haja hajamos hajam houvesse',
      'houvéssemos houvessem houver houvermos houverem houverei houverá houveremos houverão houveria houveríamos houveriam sou somos são era éramos eram fui',
      'foi fomos foram fora fôramos seja sejamos sejam fosse fôssemos fossem for formos forem serei será seremos serão seria seríamos seriam tenho tem temos',
      'tém tinha tínhamos tinham tive teve tivemos tiveram tivera tivéramos tenha tenhamos tenham tivesse tivéssemos tivessem tiver tivermos tiverem terei',
      'terá teremos terão teria teríamos teriam ainda além antes após assim bem cada contra desde diz disse dizem dois duas durante embora enquanto então',
      'fazer faz fez feito hoje jamais lá menos mesma nada nenhum nenhuma nunca onde ora outro outra outros outras pode podem pois porque pouco primeira',
      'primeiro quanto quase sempre sendo ser ter sido sob sobre tal tão todo toda todos todas tudo três vai vão vez vezes novo nova novos novas ano anos dia',
      'dias',
    ),
    fi: of(
      'olla olen olet olemme olette olisi olisit olisin olisimme olisitte olisivat olit olin olimme olitte olleet en et emme ette eivät minä minun minut',
      'minua minussa minusta minuun minulla minulta minulle sinä sinun sinut sinua sinussa sinusta sinuun sinulla sinulta sinulle häntä hänessä hänestä',
      'häneen hänellä häneltä hänelle me meidän meidät meitä meissä meistä meihin meillä meiltä meille te teidän teidät teitä teissä teistä teihin teillä',
      'teiltä teille heidän heidät heitä heissä heistä heihin heillä heiltä heille tämä tätä tässä tästä tähän tallä tältä tälle tänä täksi tuo tuon tuotä',
      'tuossa tuosta tuohon tuolla tuolta tuolle tuona tuoksi siinä siitä siihen siltä sille siksi nämä näiden näitä näissä näistä näihin näillä näiltä',
      'näille näinä näiksi nuo noiden noita noissa noista noihin noilla noilta noille noina noiksi ne niiden niitä niissä niistä niihin niillä niiltä niille',
      'niinä niiksi kuka kenen kenet ketä kenessä kenestä keneen kenellä keneltä kenelle kenenä keneksi ketkä keiden keitä keissä keistä keihin keillä keiltä',
      'keille keinä keiksi mikä minkä mitä missä mistä mihin millä miltä mille miksi mitkä jota josta johon jolla jolta jolle jona joksi joiden joita joissa',
      'joista joihin joilla joilta joille joina joiksi jos koska niin vaan vai vaikka poikki nyt itse',
    ),
    nl: of('onder wordt twee drie eerste nieuwe jaar'),
    ru: of('вдруг опять здесь один сейчас зачем наконец два три впрочем хорошо'),
  }),
)

const everyList = new Set([...lists.values()].flatMap((list) => [...list]))

/** Don't is do, and it's is it. */
const contracted = /n['’]t$|['’](?:s|re|ve|ll|d|m)$/

/** Whether a word tells nothing of what a text is about: in the text's language (ISO 639-1), or in any where that is not known. */
export function isFunctionWord(word: string, language: string | null): boolean {
  const typed = lower(word)
  if (isListed(typed, language)) return true
  return (language === 'en' || language === null) && contracted.test(typed) && isListed(typed.replace(contracted, ''), language)
}

const isListed = (word: string, language: string | null) =>
  language === null ? stopIn(word).length > 0 || everyList.has(word) : stopIn(word).includes(language) || lists.get(language)?.has(word) === true
