/** What GraphiQL opens on: operations that work on an empty server, in the order in which a newcomer needs them. */
export const exampleTabs = [
  {
    query: `# Newswire: feeds in, graph out, live. Run an operation with Ctrl-Enter; the tabs above hold some more.
query Latest {
  articles(first: 10) {
    nodes {
      title
      url
      publishedAt
      wordCount
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
    query: `# Every new article, as it comes in. Start it, then ingest one (next tab) or refresh a feed.
subscription Live {
  articleIngested {
    cursor
    article { id title url category { name } }
  }
}
`,
  },
  {
    query: `mutation Ingest {
  ingestArticles(
    input: {
      articles: [
        {
          url: "https://example.com/hello"
          title: "Hello from GraphiQL"
          content: "The first paragraph.\\n\\nThe second one."
          categoryId: "general"
        }
      ]
    }
  ) {
    results { status cursor error { code message field } article { id title wordCount } }
  }
}

# An article needs a category: run this one first.
mutation AddCategory {
  addCategory(input: { id: "general", name: "General" }) {
    category { id name }
  }
}
`,
  },
  {
    query: `mutation AddFeed {
  addFeed(input: { url: "https://example.com/feed.xml", categoryId: "general" }) {
    feed { id title url health { state nextCheckAt } }
  }
}

query Feeds {
  feeds(first: 20) {
    nodes { id title url health { state lastCheckedAt nextCheckAt lastError } }
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
    byCategory { category { name } articleCount wordCount readCount }
    overTime(interval: DAY) { start articleCount readCount }
  }
}
`,
  },
]
