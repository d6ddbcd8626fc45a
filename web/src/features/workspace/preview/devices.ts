export type Device = 'phone' | 'tablet' | 'desktop'

/** Sizes in CSS pixels; `null` fills the pane. */
export const DEVICES: Record<Device, { width: number; height: number } | null> = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1_180 },
  desktop: null,
}
