import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'

/**
 * The page of GraphiQL, complete in itself: it asks no other host. Its tabs are animated towards where they are, and so move
 * away under the mouse: a click that begins on a tab ends beside it, and is lost. Standing still, they can be clicked.
 */
export function graphiqlPage(options?: GraphiQLOptions): string {
  return renderGraphiQL(options).replace('</head>', '<style>.graphiql-tab { transform: none !important; }</style></head>')
}

/** What GraphiQL opens on: operations that work on an empty server, in the order in which a newcomer needs them. */
export const exampleTabs = [
  {
    query: `# Newswire: feeds in, graph out, live.
# Ctrl-Enter runs an operation.
# The tabs hold more of them.
query Latest {
  articles(first: 10) {
    nodes {
      title
      url
      publishedAt
      summary
      readingTimeMinutes
      category { id name }
    }
    totalCount
  }
  streamCursor
}
`,
  },
  {
    query: `# Every new article, as it comes in.
# Start it and stay: another tab would end it.
# Meanwhile ingest something in a terminal, or
# in a second window of the browser.
subscription Live {
  articleIngested {
    cursor
    article {
      id
      title
      url
      category { name }
    }
  }
}
`,
  },
  {
    query: `# Articles and feeds are sorted into categories:
# run this before the next two tabs.
mutation AddCategory {
  addCategory(input: { id: "world", name: "World" }) {
    category { id name }
  }
}
`,
  },
  {
    query: `# The same url again is a DUPLICATE; with another
# text it is an UPDATED article.
mutation Ingest {
  ingestArticles(
    input: {
      articles: [
        {
          url: "https://example.com/hello"
          title: "Hello from GraphiQL"
          content: "The first paragraph.\\n\\nThe second."
          categoryId: "world"
        }
      ]
    }
  ) {
    results {
      status
      cursor
      error { code message field }
      article { id title wordCount }
    }
  }
}
`,
  },
  {
    query: `# It is read within a second, and then again
# and again by itself.
mutation AddFeed {
  addFeed(
    input: {
      url: "https://example.com/feed.xml"
      categoryId: "world"
    }
  ) {
    feed {
      id
      title
      health { state nextCheckAt }
    }
  }
}
`,
  },
  {
    query: `# Any word may match, best first; a "phrase" must,
# and -without must not. In a filter all must.
query Search {
  search(query: "hello ferry", first: 5) {
    edges {
      score
      highlight
      node {
        title
        summary
        language
        similar(first: 3) {
          score
          terms
          article { title }
        }
      }
    }
  }
  articles(filter: { text: "hello" }) {
    totalCount
  }
}
`,
  },
  {
    query: `query Feeds {
  feeds(first: 20) {
    nodes {
      id
      title
      url
      health {
        state
        lastCheckedAt
        nextCheckAt
        lastError
      }
    }
  }
}
`,
  },
  {
    query: `query Statistics {
  statistics {
    articleCount
    wordCount
    readCount
    averageWordCount
    byCategory {
      category { name }
      articleCount
      wordCount
      readCount
    }
    overTime(interval: DAY) {
      start
      articleCount
      readCount
    }
  }
}
`,
  },
]
