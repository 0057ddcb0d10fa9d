// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

import {IKeyDirectory} from "./interfaces/IKeyDirectory.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";

/// @title KeyDirectory
/// @notice Where an account's public encryption key is found, so that others can wrap content keys for it.
contract KeyDirectory is IKeyDirectory, EIP712, Nonces {
    using Authorizations for Authorization;

    /* CONSTANTS */

    bytes32 internal constant PUBLISH_TYPEHASH = keccak256(
        "PublishKey(address account,bytes32 key,bytes32 previous,uint256 nonce,uint256 deadline)"
    );

    /* STORAGE */

    /// @inheritdoc IKeyDirectory
    mapping(address account => bytes32) public keyOf;

    /* CONSTRUCTOR */

    constructor() EIP712("Aceso KeyDirectory", "1") {}

    /* ACCOUNT ACTIONS */

    /// @inheritdoc IKeyDirectory
    function publish(bytes32 key) external {
        _publish(msg.sender, key);
    }

    /// @inheritdoc IKeyDirectory
    function publishBySig(
        bytes32 key,
        bytes32 previous,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        address account = authorization.signer;
        require(keyOf[account] == previous, KeyStale(previous, keyOf[account]));
        // The previous key alone would not do: once it is back, a message that replaced it would count again.
        uint256 nonce = _useNonce(account);
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(PUBLISH_TYPEHASH, account, key, previous, nonce, authorization.deadline))
            )
        );

        _publish(account, key);
    }

    /* INTERNAL */

    function _publish(address account, bytes32 key) internal {
        require(key != 0, KeyZero());

        keyOf[account] = key;

        emit KeyPublished(account, key);
    }
}
