import { hasTag, partsOf, pinOf, type Digest } from '../src/bases/digests.ts';
import { mayPin } from '../src/legality/pin.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { namedImages } from '../src/steps/named-images.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'pin-base',
  title: 'Pin images to their digests',
  level: 'review',
  default: 'off',
  benefit:
    'A tag names another image whenever its publisher wants it to: two builds of one commit differ, and one that was tested is not the one that is shipped. With the digest behind the tag each build takes the same image, and the tag still says which one it is.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['pins images'],
  asks: [mayPin],
  caveats: [
    'It asks the registries of the images, through `docker buildx imagetools inspect` with the credentials and mirrors that Docker has here, else as somebody who is not logged in. Nothing is asked unless this transform is switched on.',
    'An image that a variable names is pinned in the default of its ARG, where nothing else uses the variable.',
    'A digest that is there already is left alone; where its tag has moved on, or it is that of one platform, that is told.',
    'A builder that holds the image by its tag alone fetches it by its digest.',
  ],
  references: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  *find(facts) {
    const pinned = new Set<number>();
    for (const named of namedImages(facts)) {
      const { at, written, image, variable, end } = named;
      if (image === undefined) {
        yield declined(at, {
          refused: 'no-default',
          because: `dockopt cannot tell what ${written} is: a variable in it has no default, or is expanded in a special way`,
        });
        continue;
      }
      const { tagged, digest } = partsOf(image);
      if (digest !== undefined) {
        const told = hasTag(image) ? whatMoved(tagged, digest, facts.digestOf(tagged)) : undefined;
        if (told) yield finding(at, told.message, { allowed: 'advice', because: told.because }, []);
        continue;
      }
      const verdict = ask(mayPin, { facts, named }, facts.without);
      const known = isRefused(verdict) ? undefined : facts.digestOf(image);
      if (isRefused(verdict)) yield declined(at, verdict);
      else if (known && 'because' in known) yield declined(at, { refused: 'no-digest', because: known.because });
      else if (known) {
        const place = variable?.end ?? end;
        const message = `pin ${image}${hasTag(image) ? '' : ', which is its tag latest,'} to the digest that it has now`;
        if (!pinned.has(place)) yield finding(at, message, verdict, [{ start: place, end: place, text: pinOf(image, known.digest) }]);
        pinned.add(place);
      }
    }
  },
});

/** What there is to tell of an image that is pinned. */
function whatMoved(tagged: string, digest: string, known: Digest | undefined): { readonly message: string; readonly because: string } | undefined {
  if (!known || 'because' in known || known.digest === digest) return undefined;
  const platform = known.platforms.get(digest);
  if (platform !== undefined)
    return {
      message: `${tagged} is pinned to its image for ${platform} alone`,
      because: `a build for another platform gets that image, too; the digest for all is ${known.digest}`,
    };
  return { message: `${tagged} is another image now than the one that is pinned`, because: `the registry has ${known.digest} under the tag` };
}
