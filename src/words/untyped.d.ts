// Its lists of stop words, each by its ISO 639-3 code.
declare module 'stopword'
