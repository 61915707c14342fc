-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "interval_minutes" INTEGER,
ADD COLUMN     "moved_passes" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "moved_to" TEXT;
