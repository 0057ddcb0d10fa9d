// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice A set of data categories, a bit each. Room for 48; 21 are known.
type Categories is uint48;

/// @dev Every known category.
Categories constant ALL_CATEGORIES = Categories.wrap((uint48(1) << 21) - 1);

/// @dev Every known category but `restricted` (bit 20).
Categories constant UNRESTRICTED_CATEGORIES = Categories.wrap((uint48(1) << 20) - 1);

/// @dev The category `claims`.
Categories constant CLAIMS_CATEGORY = Categories.wrap(uint48(1) << 17);

/// @dev The category `research`.
Categories constant RESEARCH_CATEGORY = Categories.wrap(uint48(1) << 18);

using {areIn, areWithin, areKnown, union as |} for Categories global;

/// @dev True when every category of the set is covered. The empty set asks for nothing and is never covered.
function areIn(Categories categories, Categories covered) pure returns (bool) {
    return Categories.unwrap(categories) != 0 && categories.areWithin(covered);
}

/// @dev True when no category of the set lies outside the bounds; so the empty set is within any.
function areWithin(Categories categories, Categories bounds) pure returns (bool) {
    return Categories.unwrap(categories) & ~Categories.unwrap(bounds) == 0;
}

function union(Categories a, Categories b) pure returns (Categories) {
    return Categories.wrap(Categories.unwrap(a) | Categories.unwrap(b));
}

/// @dev At least one category, all known.
function areKnown(Categories categories) pure returns (bool) {
    return categories.areIn(ALL_CATEGORIES);
}
