-- What is enriched already keeps its terms; its lists stay.
ALTER TABLE "article_vector" ADD COLUMN "number" SERIAL NOT NULL, ADD COLUMN "articles" INTEGER NOT NULL DEFAULT 0;

UPDATE article_vector v SET articles = k.articles FROM similar_key k WHERE k.article_id = v.article_id;

ALTER TABLE "article_vector" ALTER COLUMN "articles" DROP DEFAULT;

-- CreateTable
CREATE TABLE "similar_term" (
    "term" INTEGER NOT NULL,
    "articles" INTEGER[],

    CONSTRAINT "similar_term_pkey" PRIMARY KEY ("term")
);

INSERT INTO similar_term (term, articles)
SELECT key, (array_agg(number ORDER BY number DESC))[1:150] FROM (SELECT DISTINCT unnest(k.keys) AS key, v.number FROM similar_key k JOIN article_vector v USING (article_id)) k GROUP BY key;

-- DropTable
DROP FUNCTION similar_candidates;

DROP TABLE "similar_key";

-- CreateIndex
CREATE UNIQUE INDEX "article_vector_number_key" ON "article_vector"("number");

-- CreateIndex
CREATE INDEX "article_vector_articles_idx" ON "article_vector"("articles");
