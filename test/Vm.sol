// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice The part of Hardhat's cheatcodes these tests use.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 key) external pure returns (address);

    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function warp(uint256 timestamp) external;

    function chainId(uint256 id) external;

    function prank(address caller) external;

    function assume(bool condition) external pure;

    function expectRevert() external;

    function expectRevert(bytes calldata revertData) external;

    function expectRevert(bytes4 selector) external;

    function expectPartialRevert(bytes4 selector) external;

    function record() external;

    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);

    function toString(bytes calldata data) external pure returns (string memory);

    function toString(uint256 number) external pure returns (string memory);

    function recordLogs() external;

    function getRecordedLogs() external returns (Log[] memory);

    function assertTrue(bool condition) external pure;

    function assertTrue(bool condition, string calldata reason) external pure;

    function assertFalse(bool condition) external pure;

    function assertFalse(bool condition, string calldata reason) external pure;

    function assertEq(bool left, bool right) external pure;

    function assertEq(bool left, bool right, string calldata reason) external pure;

    function assertEq(uint256 left, uint256 right) external pure;

    function assertEq(uint256 left, uint256 right, string calldata reason) external pure;

    function assertEq(bytes32 left, bytes32 right) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata reason) external pure;

    function assertEq(address left, address right) external pure;

    function assertNotEq(bytes32 left, bytes32 right) external pure;

    function assertLe(uint256 left, uint256 right, string calldata reason) external pure;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Which functions of a contract an invariant run may call.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}

/// @notice Brings a fuzzed value into `[min, max]`, leaving it alone when it is there.
function bound(uint256 value, uint256 min, uint256 max) pure returns (uint256) {
    return value >= min && value <= max ? value : min + (value % (max - min + 1));
}

/// @notice A time: mostly the second before, at or after an edge, where off-by-one errors are, else any.
function around(uint256 edge, uint256 seed) pure returns (uint40) {
    uint256 choice = seed % 4;
    return uint40(choice == 3 || edge == 0 ? seed / 4 : edge + choice - 1);
}

/// @notice How many different slots of a contract were written since `vm.record()`.
function slotsWritten(address target) returns (uint256 count) {
    (, bytes32[] memory writes) = vm.accesses(target);
    for (uint256 i; i < writes.length; ++i) {
        bool seen;
        for (uint256 j; j < i && !seen; ++j) seen = writes[i] == writes[j];
        if (!seen) ++count;
    }
}
