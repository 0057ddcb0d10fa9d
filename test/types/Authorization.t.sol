// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {
    Authorization,
    Authorizations,
    SignatureExpired,
    SignatureInvalid
} from "../../contracts/types/Authorization.sol";
import {around, vm} from "../Vm.sol";

contract AuthorizationTest is IERC1271 {
    uint256 internal constant KEY = 0xA11CE;

    /// Order of secp256k1, SEC 2 section 2.4.1.
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// What this contract, as a smart account, takes for its owner's approval.
    bytes32 internal _approved;

    function testFuzz_CountsToTheLastSecondOfItsDeadline(bytes32 message, uint256 timeSeed, uint40 deadline) external {
        uint40 now_ = around(deadline, timeSeed);
        bytes memory signature = _sign(KEY, message);
        vm.warp(now_);
        if (now_ > deadline) vm.expectRevert(abi.encodeWithSelector(SignatureExpired.selector, deadline));

        this.check(Authorization(vm.addr(KEY), deadline), signature, message);
    }

    function testFuzz_AnotherMessageOrSignerIsRefused(bytes32 message, bytes32 other, uint64 otherKey) external {
        address signer = vm.addr(KEY);
        vm.assume(message != other && otherKey != 0 && otherKey != KEY);
        this.check(_authorization(signer), _sign(KEY, message), message);

        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, signer));
        this.check(_authorization(signer), _sign(KEY, message), other);
        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, signer));
        this.check(_authorization(signer), _sign(otherKey, message), message);
    }

    function testFuzz_TheMirroredSignatureIsRefused(bytes32 message) external {
        address signer = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, message);
        bytes memory mirrored = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));

        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, signer));
        this.check(_authorization(signer), mirrored, message);
    }

    function testFuzz_ArbitraryBytesAreNoSignature(address signer, bytes32 message, bytes calldata noise) external {
        vm.assume(signer.code.length == 0 && uint160(signer) > type(uint16).max);

        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, signer));
        this.check(_authorization(signer), noise, message);
    }

    function testFuzz_NobodySignsForTheZeroAddress(bytes32 message, bytes calldata noise) external {
        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, address(0)));
        this.check(_authorization(address(0)), noise, message);
    }

    function testFuzz_ASmartAccountDecidesItself(bytes32 message, bytes32 other, bytes calldata signature) external {
        vm.assume(message != other);
        _approved = message;
        this.check(_authorization(address(this)), signature, message);

        vm.expectRevert(abi.encodeWithSelector(SignatureInvalid.selector, address(this)));
        this.check(_authorization(address(this)), signature, other);
    }

    /// @dev External, so that `vm.expectRevert` sees a call and the arguments come as calldata.
    function check(Authorization calldata authorization, bytes calldata signature, bytes32 message) external view {
        Authorizations.check(authorization, signature, message);
    }

    function isValidSignature(bytes32 message, bytes calldata) external view returns (bytes4) {
        return message == _approved ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function _authorization(address signer) internal pure returns (Authorization memory) {
        return Authorization({signer: signer, deadline: type(uint256).max});
    }

    function _sign(uint256 key, bytes32 message) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, message);
        return abi.encodePacked(r, s, v);
    }
}
