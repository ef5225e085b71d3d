"""The rules of the caption grammar.

One rule a line: ``NAME: alternative | alternative``; lines of one name belong together. A capitalised name is a phrase
or a part of speech, everything else a word; a number before an alternative is its weight (1 where none stands),
weights are divided by their sum; ``-`` is the empty phrase. A name ending in ``_S`` is singular and one ending
in ``_P`` plural, so verbs agree with their subjects; ``an`` stands before the words that need it. No rule
leads back to itself, so every sentence is finite.
"""

RULES = """
CAPTION: 16 WHO_S is DOING_S PLACE | 10 DRESSED_S is DOING_S SHORT | 12 WHO_P are DOING_P PLACE
CAPTION: 6 DRESSED_P are DOING_P SHORT
CAPTION: 6 WHO_S POSES_S PLACE | 6 DRESSED_S POSES_S PLACE | 5 WHO_P POSES_P PLACE | 3 DRESSED_P POSES_P PLACE
CAPTION: 8 WILD_S is ROAMING AREA | 6 WILD_P are ROAMING AREA | 8 PET_S RESTS_S SPOT | 5 PET_P RESTS_P SPOT
CAPTION: 4 WHO_S and PET_S are TOGETHER AREA
CAPTION: 9 THING_S SITS_S SPOT | 7 THING_P SITS_P SPOT | 4 there is THING_S SPOT | 4 there are THING_P SPOT
CAPTION: 8 ROOM with FURNITURE and FURNITURE | 4 VIEW of SCENE | 7 MEAL PLATED SIDES | 7 VEHICLE_S GOES_S
CAPTION: 5 VEHICLE_P GOES_P

WHO_S: 6 a PERSON | 5 a LOOK PERSON | 2 an OLD PERSON
WHO_P: 4 COUNT PEOPLE | 4 COUNT LOOK PEOPLE | 2 a group of PEOPLE | a group of LOOK PEOPLE | people
DRESSED_S: 4 a PERSON CLAD | 2 a LOOK PERSON CLAD | an OLD PERSON CLAD
DRESSED_P: 3 COUNT PEOPLE CLAD_P | PEOPLE CLAD_P | COUNT LOOK PEOPLE CLAD_P
PERSON: 9 man | 9 woman | 5 boy | 5 girl | 3 child | 2 lady | 2 skier | 2 surfer | 2 chef | 2 student | tourist
PEOPLE: 8 men | 8 women | 5 people | 4 children | 4 boys | 4 girls | 2 students | 2 tourists | friends | skiers
COUNT: 7 two | 3 three | several | some | many | four
LOOK: 5 young | 3 smiling | 2 tall | happy | little | bearded
OLD: 4 old | 2 elderly
CLAD: 4 in a COLOR GARMENT | 3 wearing a COLOR GARMENT | wearing GLASSES | in an orange GARMENT
CLAD_P: 3 in COLOR GARMENTS | 2 wearing COLOR GARMENTS | wearing GLASSES
GARMENT: 6 shirt | 4 jacket | 3 hat | 2 dress | 2 coat | suit | sweater | helmet
GARMENTS: 4 shirts | 3 jackets | 3 hats | 2 coats
GLASSES: 2 sunglasses | glasses

DOING_S: 5 riding RIDE_S | 5 holding HELD_S | 3 PLAYING SPORT | 3 eating EATEN | 3 walking LED | 3 watching SEEN
DOING_S: 2 feeding SEEN
DOING_S: 2 talking on CELL | 2 cutting CUT with a knife | reading a book | 2 looking at SEEN
DOING_S: taking a picture of a BEAST | surfing a WAVE
DOING_P: 4 riding RIDE_P | 4 holding HELD_P | 4 PLAYING SPORT | 3 eating EATEN | 3 watching SEEN | 2 looking at SEEN
DOING_P: feeding SEEN
DOING_P: waiting for a RIDE | cutting CUT | 2 flying COLOR kites | talking to each other | posing for a picture
RIDE_S: 4 a COLOR bicycle | 3 a bicycle | 3 a motorcycle | 3 a FUR horse | 3 a skateboard | 2 a surfboard
RIDE_S: an elephant
RIDE_P: 4 bicycles | 3 motorcycles | 3 horses | 2 skateboards | elephants
HELD_S: 3 an umbrella | 4 a COLOR umbrella | 3 a tennis racket | 2 a COLOR phone | 2 a baby | a camera
HELD_S: a baseball bat | a slice of DESSERT
HELD_P: 3 umbrellas | 3 COLOR umbrellas | 2 tennis rackets | 2 phones | COLOR surfboards
PLAYING: 4 playing | watching
SPORT: 4 tennis | 4 baseball | 3 soccer | 3 frisbee | basketball | a video game
EATEN: 4 pizza | 2 a sandwich | 2 a banana | 2 an apple | 2 a hot dog | ice cream | a slice of DESSERT
LED: 4 a dog | 4 a FUR dog | 2 a SIZE dog | 2 two dogs | an old dog | a FUR horse
SEEN: 3 a BEAST | 3 a FUR BEAST | 2 an elephant | 3 COUNT BEASTS | a herd of HERD
CELL: 2 a cell phone | the phone | a COLOR phone
CUT: 3 a cake | 2 vegetables | 2 a pizza | an orange | bread
WAVE: 3 wave | 2 large wave | small wave
RIDE: 3 bus | 3 train | taxi
POSES_S: 4 stands | 3 sits | 2 walks | smiles | jumps | waits
POSES_P: 4 stand | 3 sit | 2 walk | smile | jump | wait
TOGETHER: 3 walking together | 2 playing | resting | sitting together

WILD_S: 5 a BEAST | 4 a FUR BEAST | 3 a SIZE BEAST | 2 a SIZE FUR BEAST | 2 an elephant | an OLD BEAST
WILD_P: 5 COUNT BEASTS | 3 COUNT FUR BEASTS | 2 a herd of HERD | 2 COUNT SIZE BEASTS
PET_S: 4 a PET | 6 a FUR PET | 3 a SIZE PET | 3 a SIZE FUR PET | an OLD PET
PET_P: 4 COUNT PETS | 4 COUNT FUR PETS | 2 COUNT SIZE PETS
BEAST: 5 horse | 4 dog | 3 cow | 3 bear | 3 bird | 3 zebra | 3 giraffe | 2 sheep | goat
BEASTS: 5 horses | 4 cows | 4 dogs | 3 birds | 3 zebras | 3 giraffes | 2 bears | 2 sheep | 2 elephants | goats | ducks
HERD: 3 sheep | 3 cows | 3 elephants | 2 zebras | goats
PET: 6 cat | 6 dog | 2 puppy | 2 kitten
PETS: 5 cats | 5 dogs
ROAMING: 5 standing | 3 eating grass | 3 walking | 3 running | 2 sleeping | 2 drinking water | 2 playing with a TOY
ROAMING: looking at the camera
TOY: 3 ball | 2 frisbee | COLOR ball | COLOR frisbee
RESTS_S: 4 sits | 3 lies | 3 sleeps | 2 is sleeping | 2 is sitting | stands
RESTS_P: 4 sit | 3 lie | 3 sleep | 2 are sleeping | 2 are sitting | stand
FUR: 5 white | 5 black | 5 brown | 2 gray | 2 spotted

THING_S: 3 a ITEM | 5 a COLOR ITEM | 3 a SIZE ITEM | 3 a SIZE COLOR ITEM | 3 a vase of FLOWERS | 2 a bowl of FRUIT
THING_S: a plate of FOOD | an open book
THING_P: 3 COUNT ITEMS | 4 COUNT COLOR ITEMS | 3 COUNT SIZE ITEMS | a pile of COLOR ITEMS | a row of ITEMS
ITEM: 5 laptop | 4 clock | 3 book | 3 teddy bear | 3 cup | 3 suitcase | 2 lamp | 2 bottle | 2 box | 2 television
ITEM: guitar
ITEMS: 5 books | 4 cups | 3 bottles | 3 suitcases | 3 teddy bears | 2 laptops | 2 boxes | 2 lamps | pillows | candles
FLOWERS: 3 flowers | 4 COLOR flowers | 2 COLOR roses
FRUIT: 4 fruit | 3 soup | 2 apples | 2 oranges | 2 bananas | rice
FOOD: 4 food | 2 pasta | 3 vegetables | cookies
SITS_S: 4 sits | 4 is sitting | rests | is displayed
SITS_P: 4 sit | 4 are sitting | rest | are displayed

SPOT: 6 on SURFACE | 3 next to NEAR | 2 in front of NEAR | 2 under SURFACE_TOO | 2 near NEAR
SPOT: 3 on SURFACE next to NEAR | 2 on SURFACE in a HALL
SURFACE: 4 a table | 4 a wooden table | 4 a COLOR couch | 3 a SIZE bed | 2 the floor | 3 a COLOR chair | 2 a desk
SURFACE: the counter | an old bench
SURFACE_TOO: 3 a table | 2 a wooden bench | a COLOR umbrella | a desk
NEAR: 4 a window | 3 a SIZE window | 2 a fireplace | 3 a COLOR wall | 2 a mirror | an open door | a computer | a plant
HALL: 4 kitchen | 3 bedroom | 3 living room | 2 dining room | 2 store

PLACE: 7 AREA | 2 - | 4 OUTDOORS AT_TIME
SHORT: 3 AREA | 2 -
OUTDOORS: 4 in the park | 3 on the street | 3 on the beach | 2 near the ocean | 2 in the woods | near a lake
AT_TIME: 2 at night | 3 on a WEATHER day
AREA: 6 in FIELD | 5 on STREET | 3 at VENUE | 4 near WATER | 2 in front of a BUILDING | 2 next to a COLOR VEHICLE
FIELD: 4 the park | 3 a field | 3 a grassy field | 3 the snow | 2 the woods | 2 a garden | 2 the rain
FIELD: 2 an open field | a forest
STREET: 3 the street | 4 a BUSY street | 2 the sidewalk | 2 a dirt ROAD | 3 the beach | 2 a snowy slope
BUSY: 3 busy | 3 city | narrow | crowded
ROAD: 3 road | 2 path
VENUE: 3 the zoo | 2 a train station | 2 the airport | 2 a farm | a market | a party
WATER: 4 the ocean | 3 a river | 3 a lake | 2 the water | a fountain
WEATHER: 4 sunny | 2 cold | 2 rainy | cloudy

ROOM: 3 a HALLWAY | 4 a SIZE HALLWAY | 4 a STYLE HALLWAY | 2 a COLOR HALLWAY | an empty HALLWAY
HALLWAY: 6 bathroom | 6 kitchen | 4 bedroom | 4 living room | 2 dining room
STYLE: 3 clean | 3 modern | 2 bright | messy | dark
FURNITURE: 3 a PIECE | 5 a COLOR PIECE | 2 a SIZE PIECE | 2 COLOR FITTINGS | 2 wooden FITTINGS | an oven
FURNITURE: COUNT FITTINGS
PIECE: 5 sink | 4 toilet | 3 bed | 3 couch | 3 table | 3 stove | 3 refrigerator | 2 mirror | 2 desk | fireplace | rug
FITTINGS: 4 cabinets | 4 chairs | 3 walls | 3 windows | 2 shelves

VIEW: 4 a view | 2 a photo | 2 a picture
SCENE: 2 a city at night | 3 a SIZE mountain BEYOND | 4 a BUILDING near WATER | 3 VEHICLE_S on STREET
SCENE: 2 a COLOR sky above the ocean | 2 WILD_P in FIELD
BEYOND: 3 covered in snow | 2 and a lake | behind a forest
BUILDING: 5 building | 3 house | 3 church | 2 store | castle

MEAL: 3 a DISH | 4 a TASTY DISH | 2 a plate of FOOD | 2 a slice of DESSERT
DISH: 4 pizza | 3 sandwich | 2 burger | 2 salad | hot dog
DESSERT: 3 cake | 2 pizza | bread
TASTY: 3 delicious | 2 large | 2 fresh | small
PLATED: 3 on a plate | 5 on a COLOR plate | 2 in a COLOR bowl | on a wooden table
SIDES: 2 with SIDE | 4 with SIDE and SIDE | 3 next to a DRINK
SIDE: 4 cheese | 3 vegetables | 3 french fries | 2 tomatoes | 2 broccoli | a fork | a spoon
DRINK: 3 glass of wine | 3 cup of coffee | glass of water | bottle of water

VEHICLE_S: 2 a VEHICLE | 6 a COLOR VEHICLE | 2 an old VEHICLE | 2 a SIZE COLOR VEHICLE | an airplane
VEHICLE_P: 3 COUNT VEHICLES | 4 COUNT COLOR VEHICLES | a line of COLOR VEHICLES
VEHICLE: 5 bus | 5 train | 4 truck | 4 car | 2 boat | motorcycle | taxi | van
VEHICLES: 5 buses | 4 cars | 4 trucks | 3 trains | 3 boats | 2 motorcycles | taxis
GOES_S: 4 MOVES_S ROUTE | 3 is parked STAND | stops at a STOP | stops STAND
GOES_P: 4 MOVE_P ROUTE | 3 are parked STAND | stop at a STOP | stop STAND
MOVES_S: 3 is traveling | 2 drives | is moving
MOVE_P: 3 are traveling | 2 drive | are moving
ROUTE: 4 down the street | 2 down a BUSY street | 3 past a BUILDING | 2 over a bridge | 2 past WATER
ROUTE: 2 past a BUILDING AT_TIME | down the street AT_TIME
STAND: 4 on STREET | 3 near a BUILDING | 2 in front of a BUILDING | 2 next to a COLOR VEHICLE | at a STOP
STAND: near WATER AT_TIME
STOP: 3 bus stop | 3 train station

COLOR: 7 white | 6 black | 5 red | 4 blue | 3 brown | 3 green | 3 yellow | 2 gray | pink | purple
SIZE: 5 large | 4 small | 2 big | tiny
"""
