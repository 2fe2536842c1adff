#include "assay/failure_modes/language.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace assay::failure_modes {
namespace {

const std::string kQuestion = "Why is the sky blue?";
const std::vector<std::string> kContexts = {
    "The light of the sun is scattered by the molecules of the air, and blue light is scattered "
    "most."};

TEST(SwitchesScript, IsAShareOfForeignLetters) {
    EXPECT_TRUE(switches_script("因为空气分子散射太阳光。", kQuestion, kContexts));
    EXPECT_TRUE(switches_script("The sky is синий цвет.", kQuestion, kContexts));
    EXPECT_FALSE(switches_script(
        "The sky is blue 蓝 because of scattering in the air above.", kQuestion, kContexts))
        << "a stray character";
    EXPECT_FALSE(switches_script("It scales as λ to the power of -4.", kQuestion, kContexts));
    EXPECT_FALSE(switches_script("因为空气分子", "天空为什么是蓝色的？", {}));
    EXPECT_FALSE(switches_script("因为空气分子", "", {})) << "nothing to compare with";
    EXPECT_FALSE(switches_script("", kQuestion, kContexts));
}

TEST(SwitchesStopWords, TellsLanguagesOfOneScriptApart) {
    EXPECT_TRUE(switches_stop_words(
        "Parce que la lumière du soleil est dispersée par les molécules de l'air.",
        kQuestion,
        kContexts));
    EXPECT_TRUE(switches_stop_words(
        "El cielo es azul porque la luz del sol se dispersa en las moléculas del aire.",
        kQuestion,
        kContexts));
    EXPECT_TRUE(switches_stop_words(
        "Der Himmel ist blau, weil das Licht von der Luft gestreut wird.", kQuestion, kContexts));
    EXPECT_FALSE(
        switches_stop_words("The light of the sun is scattered in the air.", kQuestion, kContexts));
    EXPECT_FALSE(switches_stop_words(
        "Le Chatelier and de la Rue saw that the light of the sun is scattered.",
        kQuestion,
        kContexts));
    EXPECT_FALSE(switches_stop_words(
        "La luz del sol se dispersa en el aire.", "¿Por qué es azul el cielo?", {}));
    EXPECT_FALSE(switches_stop_words("", kQuestion, kContexts));
}

}  // namespace
}  // namespace assay::failure_modes
