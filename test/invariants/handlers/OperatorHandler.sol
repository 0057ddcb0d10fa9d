// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

import {IAccreditation} from "../../../contracts/accreditation/interfaces/IAccreditation.sol";
import {IClaimEscrow} from "../../../contracts/insurance/interfaces/IClaimEscrow.sol";
import {IClaims} from "../../../contracts/insurance/interfaces/IClaims.sol";
import {IPolicies} from "../../../contracts/insurance/interfaces/IPolicies.sol";
import {IReserves} from "../../../contracts/insurance/interfaces/IReserves.sol";
import {Claim} from "../../../contracts/types/Claim.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {InsuranceWorld} from "../InsuranceWorld.sol";
import {ClaimStore} from "../stores/ClaimStore.sol";
import {InsuranceHandler} from "./InsuranceHandler.sol";

/// @notice The admin: pauses, shuts what it can, dismisses accreditors, and acts for insurers, providers and arbitrators.
contract OperatorHandler is InsuranceHandler {
    /// @notice Admin actions after which something somebody is owed was not as before.
    uint256 public changed;

    /// @notice Times the admin passed for an insurer, a provider, a patient or an arbitrator.
    uint256 public impersonated;

    constructor(InsuranceWorld inhabited, ClaimStore claims) InsuranceHandler(inhabited, claims) {}

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](6);
        selectors[0] = this.unpause.selector;
        selectors[1] = this.pause.selector;
        selectors[2] = this.shut.selector;
        selectors[3] = this.dismiss.selector;
        selectors[4] = this.restore.selector;
        selectors[5] = this.impersonate.selector;
    }

    function pause(uint256 rarity) external {
        if (rarity % 2 == 0) return;
        _administer(address(ESCROW), abi.encodeCall(IClaimEscrow.pause, ()));
    }

    function unpause() external {
        _administer(address(ESCROW), abi.encodeCall(IClaimEscrow.unpause, ()));
    }

    /// @notice Closes or opens the escrow for all but the admin of its manager, and gives exits to a role nobody has.
    function shut(uint256 closed) external {
        bytes4[] memory exits = new bytes4[](4);
        (exits[0], exits[1]) = (IReserves.withdraw.selector, IReserves.withdrawCredit.selector);
        (exits[2], exits[3]) = (IClaims.finalize.selector, IClaims.reverse.selector);
        address manager = address(world.MANAGER());
        _administer(
            manager,
            abi.encodeCall(IAccessManager.setTargetFunctionRole, (address(ESCROW), exits, uint64(closed % 4)))
        );
        // Rarely, because the escrow can then be neither paused nor unpaused.
        bool isClosed = closed % 8 == 0;
        _administer(manager, abi.encodeCall(IAccessManager.setTargetClosed, (address(ESCROW), isClosed)));
    }

    /// @notice Rarely takes a whole role's licences, with their accreditor.
    function dismiss(uint256 roleSeed, uint256 rarity) external {
        if (rarity % 4 != 0) return;
        bytes memory data = abi.encodeCall(
            IAccreditation.setAccreditor,
            (_role(roleSeed), world.accreditors(0), false)
        );
        _administer(address(world.ACCREDITATION()), data);
    }

    function restore() external {
        for (uint256 i; i < 4; ++i) {
            bytes memory data = abi.encodeCall(IAccreditation.setAccreditor, (_role(i), world.accreditors(0), true));
            _administer(address(world.ACCREDITATION()), data);
        }
    }

    /// @notice Tries what is another's, by itself or through its manager.
    function impersonate(uint256 choice, uint256 claimSeed, uint256 throughManager) external {
        bytes memory data = _anothers(choice % 6, claimSeed % store.claimCount());
        bytes32 before = _owed();

        bool succeeded =
            throughManager % 2 == 0
                ? _call(world.ADMIN(), address(ESCROW), data)
                : _call(
                    world.ADMIN(),
                    address(world.MANAGER()),
                    abi.encodeCall(IAccessManager.execute, (address(ESCROW), data))
                );

        if (succeeded) ++impersonated;
        if (_owed() != before) ++changed;
        // Being refused is what this action is for.
        ++successesOf[msg.sig];
    }

    function _administer(address target, bytes memory data) internal {
        bytes32 before = _owed();
        _call(world.ADMIN(), target, data);
        if (_owed() != before) ++changed;
    }

    function _anothers(uint256 choice, uint256 place) internal view returns (bytes memory) {
        ClaimStore.Filed memory claim = store.claimAt(place);
        Claim memory key = _keyOf(place);
        if (choice == 0) {
            return abi.encodeCall(IReserves.withdraw, (INSURANCE.plans(claim.plan), 0, world.ADMIN()));
        }
        if (choice == 1) return abi.encodeCall(IClaims.decide, (key, 0, 0));
        if (choice == 2) return abi.encodeCall(IClaims.rule, (key, 0, 0));
        if (choice == 3) return abi.encodeCall(IClaims.reverse, (key, _submissionOf(place).lines));
        if (choice == 4) return abi.encodeCall(IClaims.accept, (_submissionOf(place)));
        uint24 endDay = store.policyAt(claim.policy).endDay;
        return abi.encodeCall(IPolicies.terminate, (key.policy, endDay - 1));
    }

    /// @dev Of all who insure, bill or judge.
    function _role(uint256 seed) internal pure returns (Role) {
        uint256 choice = seed % 4;
        if (choice == 0) return Role.Insurer;
        if (choice == 1) return Role.Arbitrator;
        return choice == 2 ? Role.Provider : Role.Practitioner;
    }

    /// @dev All that anybody is owed or counts on: reserves, policies, claims and credits.
    function _owed() internal view returns (bytes32 owed) {
        for (uint256 i; i < INSURANCE.PLAN_COUNT(); ++i) {
            owed = keccak256(abi.encode(owed, ESCROW.reserveOf(INSURANCE.plans(i))));
        }
        for (uint256 i; i < store.policyCount(); ++i) {
            owed = keccak256(abi.encode(owed, ESCROW.policyOf(store.policyAt(i).id)));
        }
        for (uint256 i; i < store.claimCount(); ++i) {
            owed = keccak256(abi.encode(owed, ESCROW.claimOf(store.claimAt(i).id)));
        }
        address[] memory payees = INSURANCE.payees();
        for (uint256 i; i < payees.length; ++i) {
            for (uint256 j; j < 2; ++j) {
                owed = keccak256(abi.encode(owed, ESCROW.creditOf(address(INSURANCE.tokens(j)), payees[i])));
            }
        }
    }
}
