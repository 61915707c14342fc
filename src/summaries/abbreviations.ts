const of = (...words: string[]) => new Set(words.join(' ').split(' '))

/** What stands before a name or a number with a full stop, and so never ends a sentence; in lower case. */
export const leading = of(
  'mr mrs ms mx dr prof st sr sra sres dra hr fr frau herr dott ing sig mme mlle mgr rev hon pres gov sen rep gen col lt sgt capt cmdr adm maj brig pte supt insp pvt',
  'bros vs no nos nr núm num tel fig vol pp art abs abb ca cf approx bzw inkl exkl zzgl usw z.b u.a d.h i.e e.g p.ej op viz mt ft',
  'г им ул стр рис см акад проф гг κ κα κκ δρ tp د أ م डॉ प्रो',
)

/** What may end a sentence or not: it does where a sentence begins in the usual way after it. */
export const trailing = of(
  'inc ltd co corp llc plc jr jnr snr bn etc al dept univ assn ave blvd rd sq est dist',
  'jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun',
  'a.m p.m u.s u.k u.n e.u ee.uu mio mrd tsd т.д т.п тыс руб млн млрд',
)

/** Languages (ISO 639-1) that write ordinals with a full stop: am 3. Oktober. */
export const dottedOrdinals = of('de da nb nn no fi cs sk hu hr sr sl bs et lv is fo tr')
