// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice One purpose of use: the bit of a code below `PurposeOfUse` in HL7 v3-ActReason, 0 to 61.
type Purpose is uint8;

/// @notice A set of purposes, a bit each. Room for 80; 62 are known.
type Purposes is uint80;

/// @dev `BTG`, break the glass: for those who are not permitted, so no consent carries it.
Purpose constant BREAK_THE_GLASS = Purpose.wrap(58);

/// @dev `HPAYMT`, healthcare payment.
Purpose constant PAYMENT = Purpose.wrap(28);

/// @dev Every known code.
Purposes constant ALL_PURPOSES = Purposes.wrap((uint80(1) << 62) - 1);

using {isIn, equals as ==} for Purpose global;
using {isEmpty, areKnown} for Purposes global;

/// @dev False for a purpose no mask can hold.
function isIn(Purpose purpose, Purposes purposes) pure returns (bool) {
    return (Purposes.unwrap(purposes) >> Purpose.unwrap(purpose)) & 1 == 1;
}

function equals(Purpose a, Purpose b) pure returns (bool) {
    return Purpose.unwrap(a) == Purpose.unwrap(b);
}

function isEmpty(Purposes purposes) pure returns (bool) {
    return Purposes.unwrap(purposes) == 0;
}

function areKnown(Purposes purposes) pure returns (bool) {
    return Purposes.unwrap(purposes) & ~Purposes.unwrap(ALL_PURPOSES) == 0;
}
