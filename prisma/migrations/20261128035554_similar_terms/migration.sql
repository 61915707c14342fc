-- What is enriched already keeps its terms; its lists stay.
ALTER TABLE "article_vector" ADD COLUMN "number" SERIAL NOT NULL, ADD COLUMN "articles" INTEGER NOT NULL DEFAULT 0;

UPDATE article_vector v SET articles = coalesce(k.articles, 0), number = n.number
FROM (SELECT article_id, row_number() OVER (ORDER BY article_id) AS number FROM article_vector) n LEFT JOIN similar_key k USING (article_id) WHERE n.article_id = v.article_id;

ALTER TABLE "article_vector" ALTER COLUMN "articles" DROP DEFAULT;

-- CreateTable
CREATE TABLE "similar_term" (
    "term" INTEGER NOT NULL,
    "articles" INTEGER[],

    CONSTRAINT "similar_term_pkey" PRIMARY KEY ("term")
);

INSERT INTO similar_term (term, articles)
SELECT key, (array_agg(number ORDER BY number DESC))[1:300] FROM (SELECT DISTINCT unnest(k.keys) AS key, v.number FROM similar_key k JOIN article_vector v USING (article_id)) k GROUP BY key;

-- DropTable
DROP FUNCTION similar_candidates;

DROP TABLE "similar_key";

-- CreateIndex
CREATE UNIQUE INDEX "article_vector_number_key" ON "article_vector"("number");

-- CreateIndex
CREATE INDEX "article_vector_articles_idx" ON "article_vector"("articles");

-- The articles that share the heaviest keys with one. However few there are, by the indexes: a plan that was made for few is kept when there are many.
CREATE FUNCTION similar_candidates(subject uuid, subject_keys int[], weights float8[], most_of_key int, most int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT v.article_id FROM (
    SELECT u.number, sum(k.weight) AS weight FROM unnest(subject_keys, similar_candidates.weights) AS k(key, weight)
    CROSS JOIN LATERAL (SELECT s.articles[1:most_of_key] AS newest FROM similar_term s WHERE s.term = k.key OFFSET 0) t CROSS JOIN LATERAL unnest(t.newest) AS u(number)
    GROUP BY u.number ORDER BY sum(k.weight) DESC, u.number DESC LIMIT most + 1
  ) f CROSS JOIN LATERAL (SELECT w.article_id FROM article_vector w WHERE w.number = f.number OFFSET 0) v
  WHERE v.article_id <> subject ORDER BY f.weight DESC, f.number DESC LIMIT most;
END $$;
