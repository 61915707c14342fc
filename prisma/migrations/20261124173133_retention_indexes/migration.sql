-- CreateIndex
CREATE INDEX "read_key_article_id_idx" ON "read_key"("article_id");

-- CreateIndex
CREATE INDEX "tombstone_article_id_idx" ON "tombstone"("article_id");
