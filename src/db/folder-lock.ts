import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { tryLock } from 'fs-native-extensions'

/** Somebody else has the folder. */
export class FolderInUse extends Error {}

/**
 * Takes a folder for this process. The lock is the kernel's, on an open file: it ends with the process however that ends,
 * and neither a pid that was given to somebody else nor a zombie holds it. The pid in the file is for the message alone.
 * @returns gives the folder back
 * @throws FolderInUse that names the holder's pid
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'newswire.lock')
  const file: FileHandle = await open(path, 'a+')
  if (!tryLock(file.fd)) {
    await file.close()
    const holder = (await readFile(path, 'utf8')).trim()
    throw new FolderInUse(`${folder} is in use by another newswire process (pid ${holder || 'unknown'}): stop it, or set DATA_DIR to another folder`)
  }
  await file.truncate()
  await file.write(`${process.pid}\n`)
  return () => file.close()
}
