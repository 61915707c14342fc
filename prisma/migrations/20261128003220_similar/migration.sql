-- CreateTable
CREATE TABLE "article_vector" (
    "article_id" UUID NOT NULL,
    "terms" BYTEA NOT NULL,
    "words" TEXT NOT NULL,

    CONSTRAINT "article_vector_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "similar_key" (
    "article_id" UUID NOT NULL,
    "keys" INTEGER[],
    "articles" INTEGER NOT NULL,

    CONSTRAINT "similar_key_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "similar_count" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "articles" INTEGER NOT NULL,

    CONSTRAINT "similar_count_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "neighbour" (
    "article_id" UUID NOT NULL,
    "neighbour_id" UUID NOT NULL,
    "score" REAL NOT NULL,

    CONSTRAINT "neighbour_pkey" PRIMARY KEY ("article_id","neighbour_id")
);

-- CreateIndex
CREATE INDEX "similar_key_keys_idx" ON "similar_key" USING GIN ("keys") WITH (fastupdate = off); -- entries that wait for their place would be looked through each time

-- CreateIndex
CREATE INDEX "similar_key_articles_idx" ON "similar_key"("articles");

-- CreateIndex
CREATE INDEX "neighbour_neighbour_id_idx" ON "neighbour"("neighbour_id");

-- The articles that share the heaviest keys with one. However few there are, by the index: a plan that was made for few is kept when there are many.
CREATE FUNCTION similar_candidates(subject uuid, subject_keys int[], weights float8[], most_of_key int, most int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT f.article_id FROM unnest(subject_keys, weights) AS k(key, weight)
    CROSS JOIN LATERAL (SELECT s.article_id FROM similar_key s WHERE s.keys @> ARRAY[k.key] LIMIT most_of_key) f
    WHERE f.article_id <> subject GROUP BY f.article_id ORDER BY sum(k.weight) DESC, f.article_id LIMIT most;
END $$;
