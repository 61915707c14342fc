import type { Story } from './demo-stories.ts'

/** What became of some stories, one for every other of them: about the same events, in other words. */
export const followUps: readonly Story[] = [
  {
    title: 'Port Ellery’s night ferry is booked out until Easter',
    tag: 'transport',
    paragraphs: [
      'A week after its first crossing, the night ferry from Port Ellery has no free cabin before Easter. The operator will open a second booking office on the outer islands, where most of the passengers come from.',
      'The county had counted on forty passengers a night through the winter; there were 160 on average. Bicycles now travel on the cargo deck.',
    ],
  },
  {
    title: 'Swifts leave the Tarn bridge, and the masons come back',
    tag: 'nature',
    paragraphs: [
      'The last of the swifts that had nested in the stone bridge over the Tarn flew south on Tuesday. Masons took up their trowels the same afternoon.',
      'Of the eleven nests nine had young. The ecologist who marked the gaps has numbered the hollow stones, so that the birds can be counted when they return.',
    ],
  },
  {
    title: 'Oststadt keeps trams without timetable on line 7',
    tag: 'transport',
    paragraphs: [
      'The trial on line 7 in Oststadt is over, and the timetable does not come back. Bunching of trams has become rare: passengers waited four minutes on average, and hardly ever more than nine.',
      'Drivers voted for the new order by a large majority, fixed break included. The operator will now try it on line 2, which shares its tracks with buses.',
    ],
  },
  {
    title: 'Frost warning from Upper Fenwick saves the apple blossom',
    tag: 'science',
    paragraphs: [
      'The weather station on the school roof of Upper Fenwick saw the frost coming at four in the morning. Apple growers lit candles between their trees in time, and lost next to nothing.',
      'It was the first frost since the station was repaired. The pupils who had done it were excused from the first lesson.',
    ],
  },
  {
    title: 'Ravensby votes to leave its street lights dimmed',
    tag: 'environment',
    paragraphs: [
      'Two thirds of the voters in Ravensby want every second street light to stay dark after eleven, as it has been since the autumn. In the streets along the river nobody voted against it.',
      'The biologists have counted moths for a second season, and found as many as in the first. What the town saves on electricity goes to the swimming pool.',
    ],
  },
  {
    title: 'Steam crane raised from the quarry above Calder',
    tag: 'history',
    paragraphs: [
      'The steam crane that divers found in the flooded quarry above Calder stands on dry ground again. Raising it took two days and a larger crane; its boiler still held water from 1931.',
      'It will be shown beside the footpath round the reservoir. The basin has meanwhile taken more rain than was planned for its first winter.',
    ],
  },
  {
    title: 'Manufacturer changes its toaster after advice from a repair café',
    tag: 'community',
    paragraphs: [
      'A toaster whose cord can be replaced without tools goes on sale in May. Its manufacturer had asked the repair café of Birch Lane for the list that volunteers keep of what breaks.',
      'The café was given the first one, and took it apart. It needed nothing, Mr Abara reports, but he has put a drop of oil on the lever.',
    ],
  },
  {
    title: 'Hallam’s bus depot sells the sunshine that is left over',
    tag: 'energy',
    paragraphs: [
      'The solar roof of the bus depot in Hallam makes more electricity in summer than its buses can take. The batteries are full by noon, and since June the rest goes to the school next door.',
      'Half of the fleet now drives on what the panels yield. The depot has ordered four more electric buses.',
    ],
  },
  {
    title: 'Choir that sang the phone book gets calls from those it left out',
    tag: 'culture',
    paragraphs: [
      'Since it sang the phone book of its district, the Millbrook Choir has heard from 94 people who are not in it. It will sing them on Sunday, in alphabetical order, for the hospice again.',
      'The fugue on the firm of solicitors was asked for once more. The firm has since taken on another partner, and the tenors need a longer breath.',
    ],
  },
]
