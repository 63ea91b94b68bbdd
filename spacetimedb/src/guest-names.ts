/**
 * Names for people who have not chosen one: "Quiet Otter". The name is derived from the identity, so it is the same on
 * every page and in every language, like a chosen name. Shared by the module, which reserves these names, and the site.
 *
 * Two people can have the same guest name, as they can in Slack or Google Docs. Among 50 guests, that happens to a pair
 * of them in one of 14 rooms. A number would prevent it, but it would have to depend on who else is there.
 */

export const ADJECTIVES: readonly string[] = (
  'Able Agile Airy Amber Ample Apt Autumn Azure Balmy Blithe Bold Brave Bright Brisk Bronze Calm Candid Caring ' +
  'Cheery Chief Civil Clear Clever Comfy Coral Cosmic Cozy Crisp Curious Dapper Daring Dawn Dear Deft Eager Early ' +
  'Earnest Easy Elated Epic Even Fabled Fair Famous Fancy Fine Fleet Floral Fond Frank Free Fresh Frosty Gallant ' +
  'Genial Gentle Giving Glad Golden Good Grand Great Handy Happy Hardy Hearty Helpful Honest Humble Ideal Indigo ' +
  'Jolly Jovial Joyful Keen Kind Lilac Lively Loyal Lucid Lucky Lunar Magic Mellow Merry Mighty Mild Mint Modest ' +
  'Neat Nimble Noble Novel Olive Open Patient Peaceful Plucky Polite Proud Quick Quiet Rapid Ready Regal Rosy ' +
  'Royal Rustic Scarlet Serene Shiny Silent Silver Sincere Smart Snowy Solar Speedy Starry Steady Stellar Sunny ' +
  'Swift Tender Tidy Tranquil Upbeat Velvet Vivid Warm Wise'
).split(' ');

export const ANIMALS: readonly string[] = (
  'Albatross Alpaca Antelope Armadillo Badger Bat Bear Beaver Bee Beetle Bison Bluebird Bobcat Buffalo Butterfly ' +
  'Camel Canary Capybara Caracal Cardinal Caribou Cat Chameleon Cheetah Chinchilla Chipmunk Condor Coyote Crane ' +
  'Cricket Crow Deer Dingo Dolphin Donkey Dove Dragonfly Duck Eagle Egret Elephant Elk Emu Falcon Fawn Ferret ' +
  'Finch Firefly Flamingo Fox Frog Gazelle Gecko Gibbon Giraffe Goldfinch Goose Grouse Hamster Hare Hawk Hedgehog ' +
  'Heron Hippo Horse Hummingbird Ibex Ibis Iguana Impala Jackdaw Jaguar Jay Kangaroo Kestrel Kingfisher Kiwi Koala ' +
  'Lark Lemur Leopard Lion Lizard Llama Lynx Macaw Magpie Manatee Marmot Meerkat Mole Moose Moth Narwhal Newt ' +
  'Nightingale Ocelot Octopus Okapi Orca Oriole Osprey Otter Owl Panda Panther Parrot Pelican Penguin Pheasant ' +
  'Puffin Puma Quail Rabbit Raccoon Raven Robin Salmon Seal Sparrow Squirrel Starling Stork Swallow Swan Tapir ' +
  'Tiger Toucan Turtle'
).split(' ');

/** The guest name of an identity, derived from all its digits. @param identity 64 hexadecimal digits in lower case */
export function guestName(identity: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) {
    hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193);
  }
  // The hash is FNV-1a, whose bits are not independent of each other; the last steps of MurmurHash3 mix them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  const adjective = ADJECTIVES[hash % ADJECTIVES.length] ?? '';
  const animal = ANIMALS[Math.floor(hash / ADJECTIVES.length) % ANIMALS.length] ?? '';
  return `${adjective} ${animal}`;
}
