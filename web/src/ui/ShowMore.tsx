import { Button } from './Button'
import { cx } from './cx'

interface ShowMoreProps {
  /** A list that is read page by page. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  className?: string
}

/** The way to the next page of a list, where there is one. */
export function ShowMore({ list, className }: ShowMoreProps) {
  if (!list.hasNextPage) return null
  return (
    <div className={cx('flex justify-center', className)}>
      <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {list.isFetchingNextPage ? 'Loading more' : 'Show more'}
      </Button>
    </div>
  )
}
