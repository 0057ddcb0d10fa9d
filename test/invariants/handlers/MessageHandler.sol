// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IConsentRegistry} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Messages} from "../Messages.sol";
import {World} from "../World.sol";
import {ConsentStore} from "../stores/ConsentStore.sol";
import {Kind, Message, MessageStore} from "../stores/MessageStore.sol";
import {bound} from "../../Vm.sol";
import {ConsentHandler} from "./ConsentHandler.sol";

/// @notice Decisions are signed, kept, and relayed at any later time, any number of times.
contract MessageHandler is ConsentHandler {
    MessageStore internal messages;

    constructor(World inhabited, ConsentStore consents, MessageStore kept) ConsentHandler(inhabited, consents) {
        messages = kept;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.signGrant.selector;
        selectors[1] = this.signRevoke.selector;
        selectors[2] = this.signRevokeAll.selector;
        selectors[3] = this.signDelegate.selector;
        selectors[4] = this.relay.selector;
        selectors[5] = this.relayTheLast.selector;
    }

    function signGrant(
        uint256 patientSeed,
        uint256 signerSeed,
        uint256 granteeSeed,
        uint256 policySeed,
        uint256 maskSeed,
        uint256 timeSeed
    ) external {
        (address patient, address grantee, bytes32 policy) = _slot(patientSeed, granteeSeed, policySeed);
        Message memory message = _message(Kind.Grant, patient, signerSeed, timeSeed / 2 ** 128);
        message.other = grantee;
        message.policy = policy;
        message.terms = _terms(maskSeed, timeSeed);
        address registry = address(world.CONSENTS());
        uint48 revision = world.CONSENTS().revisionOf(message.patient, message.other, message.policy);

        bytes32 digest = Messages.grant(
            registry,
            message.patient,
            message.other,
            message.policy,
            message.terms,
            revision,
            message.deadline
        );
        message.relay = abi.encodeCall(
            IConsentRegistry.grantBySig,
            (
                message.patient,
                message.other,
                message.policy,
                message.terms,
                revision,
                Authorization(message.signer, message.deadline),
                world.sign(message.signer, digest)
            )
        );
        _keep(message);
    }

    function signRevoke(
        uint256 patientSeed,
        uint256 signerSeed,
        uint256 granteeSeed,
        uint256 policySeed,
        uint256 timeSeed
    ) external {
        (address patient, address grantee, bytes32 policy) = _slot(patientSeed, granteeSeed, policySeed);
        Message memory message = _message(Kind.Revoke, patient, signerSeed, timeSeed);
        message.other = grantee;
        message.policy = policy;
        uint48 revision = world.CONSENTS().revisionOf(message.patient, message.other, message.policy);

        bytes32 digest = Messages.revoke(
            address(world.CONSENTS()),
            message.patient,
            message.other,
            message.policy,
            revision,
            message.deadline
        );
        message.relay = abi.encodeCall(
            IConsentRegistry.revokeBySig,
            (
                message.patient,
                message.other,
                message.policy,
                revision,
                Authorization(message.signer, message.deadline),
                world.sign(message.signer, digest)
            )
        );
        _keep(message);
    }

    function signRevokeAll(uint256 patientSeed, uint256 timeSeed) external {
        Message memory message = _message(Kind.RevokeAll, world.patient(patientSeed), 0, timeSeed);
        uint24 epoch = world.CONSENTS().epochOf(message.patient);

        bytes32 digest = Messages.revokeAll(address(world.CONSENTS()), message.patient, epoch, message.deadline);
        message.relay = abi.encodeCall(
            IConsentRegistry.revokeAllBySig,
            (epoch, Authorization(message.signer, message.deadline), world.sign(message.signer, digest))
        );
        _keep(message);
    }

    function signDelegate(uint256 patientSeed, uint256 delegateSeed, uint256 maskSeed, uint256 timeSeed) external {
        Message memory message = _message(Kind.SetDelegate, world.patient(patientSeed), 0, timeSeed / 2 ** 128);
        message.other = world.delegate(delegateSeed);
        message.terms.validUntil = _until(timeSeed);
        // What is never grantable is tried by `setDelegate`.
        message.terms.categories = Categories.wrap(
            uint48(bound(Categories.unwrap(_categories(maskSeed)), 1, 2 ** 21 - 1))
        );
        uint48 revision = world.CONSENTS().delegateRevisionOf(message.patient, message.other);

        bytes32 digest = Messages.setDelegate(
            address(world.CONSENTS()),
            message.patient,
            message.other,
            message.terms.validUntil,
            message.terms.categories,
            revision,
            message.deadline
        );
        message.relay = abi.encodeCall(
            IConsentRegistry.setDelegateBySig,
            (
                message.other,
                message.terms.validUntil,
                message.terms.categories,
                revision,
                Authorization(message.signer, message.deadline),
                world.sign(message.signer, digest)
            )
        );
        _keep(message);
    }

    function relay(uint256 relayerSeed, uint256 messageSeed) external {
        if (messages.count() != 0) _relay(world.anyone(relayerSeed), messageSeed % messages.count());
    }

    /// @dev The last message is likely to be fresh still.
    function relayTheLast(uint256 relayerSeed) external {
        if (messages.count() != 0) _relay(world.anyone(relayerSeed), messages.count() - 1);
    }

    function _message(
        Kind kind,
        address patient,
        uint256 signerSeed,
        uint256 lifeSeed
    ) internal view returns (Message memory message) {
        message.kind = kind;
        message.patient = patient;
        message.signer = world.decider(patient, signerSeed);
        message.deadline = block.timestamp + bound(lifeSeed, 0, 60 days);
    }

    function _keep(Message memory message) internal {
        message.signedAt = store.signed(message.deadline);
        messages.keep(message);
        _count(true);
    }

    function _relay(address relayer, uint256 index) internal {
        Message memory message = messages.get(index);
        bool fresh = messages.isFresh(message);
        bool rightful = messages.isRightful(message);

        bool succeeded = _decide(relayer, message.relay);

        store.judge(succeeded, fresh, rightful);
        if (!succeeded) return;
        if (message.kind == Kind.Grant) {
            store.granted(message.patient, message.other, message.policy, message.terms);
        } else if (message.kind == Kind.Revoke) {
            store.revoked(message.patient, message.other, message.policy);
        } else if (message.kind == Kind.RevokeAll) {
            store.revokedAll(message.patient);
        } else {
            uint256 categories = Categories.unwrap(message.terms.categories);
            store.delegated(message.patient, message.other, message.terms.validUntil, categories);
        }
    }
}
