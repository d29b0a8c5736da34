"""Chapter 03b: which services exist, for how many people and when, what they cost and who pays.

base      frames that the parts share
services  which services, where, with how many places
demand    opening hours, waiting lists, origin of users
running   staff, ages, tariffs, agreements, hours done and billed
money     costs and payers
chapter   what is said first, what is missing, questions
words     days, hours, places and payers in words
"""

from ctg_lib.study.chapters.offre.chapter import Offre

__all__ = ["Offre"]
