export type Story = { title: string; tag: string; paragraphs: readonly string[] }

/** Written for the demo; the places and people are invented. */
export const stories: readonly Story[] = [
  {
    title: 'Night ferry returns to Port Ellery after nine years',
    tag: 'transport',
    paragraphs: [
      'The night ferry between Port Ellery and the outer islands sailed again on Friday, nine years after the route was given up. About two hundred passengers were on board, among them a school orchestra that played on deck until the harbour lights were out of sight.',
      'The ship is a refitted cargo vessel with forty cabins and room for thirty bicycles. It leaves at ten in the evening and arrives in time for the bakery on the island quay, whose owner says she ordered a second oven the day the timetable came out.',
      'The county pays for the first two winters. After that, the operator expects the islands to keep it afloat: half of the bookings so far come from people who live there.',
    ],
  },
  {
    title: 'Library lends out telescopes, and runs out in a day',
    tag: 'culture',
    paragraphs: [
      'The public library of Marrowfield began to lend out telescopes on Monday and had none left by Tuesday noon. All twenty-four are out, and the waiting list reaches into spring.',
      'Each comes in a padded bag with a red torch and a star chart drawn by the local astronomy club. Members of the club sit in the reading room on Thursdays to help those who have seen nothing but the inside of the lens cap.',
      'Head librarian Ines Okonjo says the idea came from a reader who asked for a book about Saturn and then wanted to know where to look. Twelve more telescopes have been ordered.',
    ],
  },
  {
    title: 'Bridge over the Tarn closes for a week so that swifts can nest',
    tag: 'nature',
    paragraphs: [
      'Work on the old stone bridge over the Tarn stops for a week, because swifts have moved into the gaps that masons were about to fill. The engineers found eleven nests on Wednesday morning and put down their trowels.',
      'An ecologist will mark the gaps that are to stay open. The bridge will then be finished with hollow stones in those places, a method that the neighbouring valley has used since its own bridge lost its birds.',
    ],
  },
  {
    title: 'Small bakery wins prize for bread made of yesterday’s bread',
    tag: 'food',
    paragraphs: [
      'A loaf that is one third old bread has won the regional bakers’ prize. The jury praised its dark crust and a crumb that stays moist for five days.',
      'Baker Tomas Hale dries what he has not sold, grinds it, and soaks it overnight before it goes into the dough. He throws away a tenth of what he used to, he says, and customers ask for the loaf by the name that his daughter gave it: Again.',
      'The recipe hangs in the shop window. Three other bakeries in the town have taken it down with pencil and paper.',
    ],
  },
  {
    title: 'Tram line 7 to run without timetable in trial',
    tag: 'transport',
    paragraphs: [
      'From next month line 7 in Oststadt has no timetable. A tram leaves whenever the one before it is six minutes away, and the displays at the stops say only how long the next one takes.',
      'The operator hopes to end the bunching that passengers complain about, when three trams arrive together after twenty minutes of none. A simulation cut the longest waits by half.',
      'Drivers asked for one change to the plan and got it: a fixed break at the eastern end of the line, whatever the displays say.',
    ],
  },
  {
    title: 'Researchers count every tree in a city, and find more than expected',
    tag: 'science',
    paragraphs: [
      'There are 318,000 trees in Lindholm, a third more than the city had on its books. A team of geographers counted them from aerial pictures and checked the result on foot along forty streets.',
      'Most of the unknown trees stand in back yards and along the railway. They shade roofs that would otherwise be among the hottest in the city, according to the team’s temperature map.',
      'The city council will use the map to decide where to plant next. The data are free, and a group of pupils has already made a game of finding the oldest tree in each district.',
      'The counting method needs no special equipment, the authors write. Two more cities have asked for the program.',
    ],
  },
  {
    title: 'Village repairs its own weather station, forecast improves',
    tag: 'science',
    paragraphs: [
      'For two years the forecast for Upper Fenwick was wrong about frost, and its apple growers knew why: the weather station on the school roof had stopped reporting, and nobody had noticed.',
      'A retired electrician and four pupils have now repaired it with parts that cost less than a pair of boots. The weather service confirmed that the station’s readings are used again, and that errors for the valley have gone down since.',
    ],
  },
  {
    title: 'Museum opens its store rooms to visitors with questions',
    tag: 'culture',
    paragraphs: [
      'Whoever has a question may go behind the scenes of the Harbour Museum from now on. Visitors write it on a card at the desk, and once a week the curators take the ten most curious into the store rooms to answer it there.',
      'The first group wanted to know how a ship’s biscuit tastes after a hundred years, why figureheads look to the left, and what the museum would rather not have been given. The last question took the longest.',
    ],
  },
  {
    title: 'Town switches off half of its street lights, and sees more',
    tag: 'environment',
    paragraphs: [
      'Since the autumn, every second street light in Ravensby stays dark after eleven. The others were turned down and given a warmer colour. Surveys find that residents feel as safe as before, and that they see better, since nothing dazzles them.',
      'The electricity bill for lighting fell by 41 per cent. Moth counts along the river path doubled within a season, though the biologists who made them warn that one season is not much.',
      'The town will keep the lights as they are until a vote in spring.',
    ],
  },
  {
    title: 'Chess club meets on the slow train',
    tag: 'sports',
    paragraphs: [
      'When the express was introduced, the slow train from Dunmore to the coast lost most of its passengers. Now it has a chess club. On Wednesdays its last carriage is full, with boards on every table and a clock that is stopped at stations.',
      'A game must be over by the terminus, 94 minutes later. The record for the shortest stands at two stops. Players who lose buy the tea on the way back.',
      'The railway has reserved the carriage until the end of the year and put magnets under the boards.',
    ],
  },
  {
    title: 'Old quarry becomes a reservoir for dry summers',
    tag: 'environment',
    paragraphs: [
      'Winter rain from the hills above Calder will be kept in a disused quarry and let out when the river runs low. The basin holds as much water as the valley’s farms use in three weeks of August.',
      'Divers examined the rock for cracks and found a steam crane that was thought to have been sold for scrap in 1931. It will be raised in March and shown beside the new footpath.',
      'Filling takes two winters. Swimming will be allowed in the shallow end, after long debates about who is to clear away the brambles.',
    ],
  },
  {
    title: 'School swaps its bell for a song a week',
    tag: 'education',
    paragraphs: [
      'Lessons at the Northgate School no longer begin with a bell. In its place, ten seconds of music sound through the corridors, and a different class chooses it each week.',
      'Teachers report that pupils arrive more promptly, if only to complain about the choice. The rules are short: no words that need explaining to a grandparent, and never the same piece twice in a year.',
    ],
  },
  {
    title: 'Repair café mends its thousandth toaster',
    tag: 'community',
    paragraphs: [
      'The thousandth toaster was a wedding present from 1974, and all it needed was a new cord. Its owner got it back on Saturday at the repair café of Birch Lane, along with a slice of cake and a certificate.',
      'Volunteers there keep a list of what breaks and why. It shows that six in ten appliances fail for want of a part that costs less than a coffee. Two manufacturers have asked to see it, and one has changed a switch.',
      'The café is open on the first Saturday of the month. Clocks are mended only when Mr Abara has time.',
    ],
  },
  {
    title: 'Long-lost map of the salt marsh turns up in a piano',
    tag: 'history',
    paragraphs: [
      'A piano tuner in Westhaven has found a map of the salt marsh from 1788, folded under the keys of an instrument that had not been played for decades. Historians had known of it only from a bill for its ink.',
      'The map shows three channels that no longer exist and a causeway that does, though nobody had known how old it is. It explains why the parish boundary bends where it does, an old riddle of the local history society.',
      'The family that owns the piano has lent the map to the county archive. The piano, meanwhile, is in tune.',
    ],
  },
  {
    title: 'Solar roof over bus depot powers the buses under it',
    tag: 'energy',
    paragraphs: [
      'The bus depot of Hallam has a new roof, and it drives a third of the fleet. The panels charge batteries during the day, and the buses fill up from them at night.',
      'In the first quarter the roof yielded seven per cent more than planned, mainly because February was bright. The shade has a second use: the depot’s workshop stayed below thirty degrees during the September heat.',
    ],
  },
  {
    title: 'Goats sent to clear railway bank finish a month early',
    tag: 'nature',
    paragraphs: [
      'Sixty goats that were hired to clear the railway bank near Stoke Arden have finished a month ahead of plan. The slope is too steep for machines, and bramble had grown up to the signals.',
      'The herd’s owner put the pace down to a wet spring. The railway, which had ordered the goats until the end of October, has found another bank for them eleven kilometres down the line. They will travel by lorry.',
      'Botanists counted nine kinds of flower on the cleared slope where they had found two before.',
    ],
  },
  {
    title: 'Amateur choir sings a whole phone book for charity',
    tag: 'culture',
    paragraphs: [
      'It took the Millbrook Choir nineteen hours to sing the last printed phone book of its district, all 7,412 entries, in four-part harmony. The money goes to the hospice next door.',
      'Listeners paid to hear their own names, and a little more for a solo. The longest entry, a firm of solicitors, was set as a fugue.',
    ],
  },
  {
    title: 'Harbour porpoises return to the bay, say ferry crews',
    tag: 'nature',
    paragraphs: [
      'Crews of the bay ferries have reported 126 sightings of harbour porpoises this year, up from nine the year before. They note time, place and number on a form beside the coffee machine, and a marine biologist collects it every Friday.',
      'Quieter propellers may be one reason, she says, and the return of sand eels another. It is too early to speak of a trend, but the map of the sightings already looks like the course of the old deep channel.',
      'Passengers may fill in the form as well. So far they have reported eleven porpoises, two seals and a floating football.',
    ],
  },
  {
    title: 'New footpath links two towns that had only a motorway between them',
    tag: 'transport',
    paragraphs: [
      'Aldery and Wick are four kilometres apart, and until last week nobody could walk from one to the other without trespassing. A path along the old canal now joins them, with two gates and a bench halfway.',
      'Counting posts registered 1,900 people on the opening weekend. A retired postman was the first to walk it in both directions, twice; he said he had waited for it since 1982.',
      'Lights are to follow in winter. The farmer whose field the path crosses sells eggs at the second gate, and has run out each day by ten.',
    ],
  },
  {
    title: 'Students build a clock that is right for two hundred years',
    tag: 'science',
    paragraphs: [
      'A class of apprentice watchmakers has built a clock for the town hall of Veldt that needs to be wound once a year and, by their reckoning, corrected once in two centuries. It uses a pendulum of fused quartz and no electricity.',
      'A glass case shows the works, and a lever lets children stop a second pendulum to see how the first one carries on. The apprentices have signed the inside of the dial, where the signatures of their predecessors were found in 1911.',
      'The winding has been entered in the council’s calendar for the next ten years. After that, said the mayor, somebody will surely remember.',
    ],
  },
]
