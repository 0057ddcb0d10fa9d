// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title SmartAccount
/// @notice An ERC-1271 wallet with one owner, who may hand it to another.
contract SmartAccount is IERC1271 {
    /// @notice Only the owner hands the wallet over.
    error NotOwner(address caller);

    /// @notice Whose signatures are the wallet's.
    address public owner;

    constructor(address firstOwner) {
        owner = firstOwner;
    }

    /// @notice Hands the wallet over.
    /// @param newOwner Whose signatures are the wallet's from now on.
    function setOwner(address newOwner) external {
        require(msg.sender == owner, NotOwner(msg.sender));
        owner = newOwner;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(hash, signature);
        bool isOwners = failure == ECDSA.RecoverError.NoError && signer == owner;
        return isOwners ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
