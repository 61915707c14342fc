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
