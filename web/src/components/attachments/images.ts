import { type ImageUpload } from '@/api/generated/wire'

/** A picture that waits to be sent. */
export interface Attachment extends ImageUpload {
  id: string
  name: string
  /** For the thumbnail. */
  url: string
}

export const TAKEN_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const
export const MOST_IMAGES = 6
/** Models see no more than this, in pixels of the longer side. */
const LONGEST_SIDE = 1_568
const LARGEST_SOURCE_BYTES = 30_000_000

/** Why a file cannot be attached, with the remedy; `null` when it can. */
export function refusal(file: Pick<File, 'type' | 'size' | 'name'>): string | null {
  if (!(TAKEN_TYPES as readonly string[]).includes(file.type)) {
    return `${file.name || 'This file'} is not a PNG, JPEG, WebP or GIF picture. Save it as one of these.`
  }
  if (file.size > LARGEST_SOURCE_BYTES)
    return `${file.name || 'This picture'} is larger than 30 MB. Make it smaller first.`
  return null
}

/** Whether files are dragged; words may be dragged into a field as ever. */
export const carriesFiles = ({ dataTransfer }: { dataTransfer: DataTransfer }): boolean =>
  dataTransfer.types.includes('Files')

/** The size that fits, keeping the proportions. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

let made = 0

/** Reads a picture and makes it small enough. Drawing it anew also drops places and names hidden in the file. */
export async function toAttachment(file: File): Promise<Attachment> {
  const bitmap = await createImageBitmap(file)
  const { width, height } = fitted(bitmap.width, bitmap.height)
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser cannot resize pictures.')
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  // Of a GIF models see one picture: what cannot be written becomes a PNG.
  let blob = await canvas.convertToBlob({ type: file.type, quality: 0.88 })
  // Photographs saved as PNG are many times larger than they need be.
  if (blob.size > 3_000_000) blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 })
  const url = await dataUrl(blob)
  return {
    id: String(++made),
    name: file.name || 'Pasted picture',
    media_type: blob.type,
    data: url.slice(url.indexOf(',') + 1),
    url,
  }
}

/** A picture that has been sent before, to be sent again. */
export async function resend(url: string): Promise<ImageUpload> {
  const response = await fetch(url, { credentials: 'same-origin' })
  if (!response.ok) throw new Error('A picture of the message could not be read. Try again.')
  const blob = await response.blob()
  const { media_type, data } = await toAttachment(new File([blob], 'Picture', { type: blob.type }))
  return { media_type, data }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result as string)
    reader.onerror = () => reject(new Error('The picture could not be read.'))
    reader.readAsDataURL(blob)
  })
}
